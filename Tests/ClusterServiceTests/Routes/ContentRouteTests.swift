import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// Ranges of stored points, and rows put behind them.
@Suite struct ContentRouteTests {
    @Test func whatIsKnownVariesAsWhatIsNot() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: "1,2\n3,4\n")
        for format in ["json", "npy"] {
            let whole = try await test.send(.get, "/v1/datasets/a/content?format=\(format)")
            let known = try await test.send(
                .get, "/v1/datasets/a/content?format=\(format)",
                [.ifNoneMatch: try #require(whole.headers[.eTag])])
            #expect(whole.status == 200 && known.status == 304)
            #expect(whole.headers[.vary] == "Accept, Accept-Encoding" && known.headers[.vary] == whole.headers[.vary])
        }
        await test.service.stop()
    }

    private func stored(_ test: TestService) async throws -> (bytes: [UInt8], tag: String) {
        _ = try await test.send(.put, "/v1/datasets/a", body: (0..<40_000).map { "\($0),1\n" }.joined())
        let whole = try await test.get("/v1/datasets/a/content?format=npy")
        #expect(whole.headers[.acceptRanges] == "bytes" && whole.status == 200)
        return (whole.bytes, try #require(whole.headers[.eTag]))
    }

    @Test func partsOfAnArrayCanBeHad() async throws {
        let test = try await TestService()
        let (bytes, tag) = try await stored(test)
        let count = bytes.count
        for (range, expected) in [
            ("bytes=0-0", 0..<1), ("bytes=100-", 100..<count), ("bytes=-5", count - 5..<count),
            ("bytes=120-200000", 120..<200_001), ("Bytes=10-99999999", 10..<count), ("bytes=-99999999", 0..<count),
            ("bytes=127-128", 127..<129), ("bytes=0-9223372036854775807", 0..<count),
            ("bytes=1-9223372036854775808", 1..<count), ("bytes=-99999999999999999999", 0..<count),
        ] {
            let part = try await test.get("/v1/datasets/a/content?format=npy", [.range: range])
            #expect(part.status == 206 && part.bytes == Array(bytes[expected]), "\(range)")
            #expect(
                part.headers[.contentRange] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(count)")
            #expect(part.headers[.eTag] == tag)
        }
        for range in ["bytes=\(count)-", "bytes=-0", "bytes=9223372036854775808-", "bytes=9223372036854775807-"] {
            let part = try await test.get("/v1/datasets/a/content?format=npy", [.range: range])
            #expect(part.status == 416 && part.headers[.contentRange] == "bytes */\(count)", "\(range)")
        }
        await test.service.stop()
    }

    @Test func otherRangesGetTheWhole() async throws {
        let test = try await TestService()
        let (bytes, tag) = try await stored(test)
        for headers: HTTPFields in [
            [.range: "lines=1-2"], [.range: "bytes=5-1"], [.range: "bytes=1-2,4-5"], [.range: "bytes="],
            [.range: "bytes=-"], [.range: "bytes=a-b"], [.range: "bytes=0-9", .ifRange: "\"other\""],
            [.range: "bytes=0-9", .ifRange: "W/\(tag)"],
            [.range: "bytes=0-9", .ifRange: "Sun, 06 Nov 1994 08:49:37 GMT"],
        ] {
            let whole = try await test.get("/v1/datasets/a/content?format=npy", headers)
            #expect(whole.status == 200 && whole.bytes == bytes, "\(headers)")
        }
        let part = try await test.get("/v1/datasets/a/content?format=npy", [.range: "bytes=0-9", .ifRange: tag])
        #expect(part.status == 206)
        #expect(try await test.get("/v1/datasets/a/content?format=csv", [.range: "bytes=0-9"]).status == 200)
        await test.service.stop()
    }

    @Test func appendedRowsMakeANewVersion() async throws {
        let test = try await TestService()
        let first = try await test.send(.put, "/v1/datasets/a", body: "x,y\n0,1\n2,3\n")
        for (body, rows) in [("x,y\n4,5\n", 3), ("6,7\n8,9\n", 5), ("[[10,11]]", 6)] {
            let reply = try await test.send(.post, "/v1/datasets/a/rows", body: body)
            #expect(reply.status == 200 && reply.json["rows"] == .integer(rows), "\(reply.text)")
            #expect(reply.headers[.eTag] != first.headers[.eTag])
        }
        let whole = "x,y\n" + (0..<6).map { "\(2 * $0),\(2 * $0 + 1)\n" }.joined()
        #expect(try await test.get("/v1/datasets/a/content?format=csv").text == whole)
        let same = try await test.send(.put, "/v1/datasets/b", body: whole)
        #expect(same.headers[.eTag] == (try await test.get("/v1/datasets/a").headers[.eTag]), "as if sent at once")
        await test.service.stop()
    }

    @Test func appendedRowsMustFit() async throws {
        let test = try await TestService()
        let first = try await test.send(.put, "/v1/datasets/a", body: "x,y\n0,1\n2,3\n")
        let tag = try #require(first.headers[.eTag])
        for (status, reply) in [
            (404, try await test.send(.post, "/v1/datasets/none/rows", body: "1,2\n")),
            (422, try await test.send(.post, "/v1/datasets/a/rows", body: "1,2,3\n")),
            (422, try await test.send(.post, "/v1/datasets/a/rows", body: "y,x\n1,2\n")),
            (422, try await test.send(.post, "/v1/datasets/a/rows", body: "1,b\n")),
            (422, try await test.send(.post, "/v1/datasets/a/rows?id_column=0", body: "k,1,2\n")),
            (412, try await test.send(.post, "/v1/datasets/a/rows", [.ifMatch: "\"other\""], body: "1,2\n")),
            (200, try await test.send(.post, "/v1/datasets/a/rows?columns=x,y", [.ifMatch: tag], body: "y,x\n1,2\n")),
        ] {
            #expect(reply.status == status, "\(reply.text)")
        }
        #expect(try await test.get("/v1/datasets/a/content?format=csv").text == "x,y\n0,1\n2,3\n2,1\n")
        await test.service.stop()
    }

    @Test func appendedRowsOfNumbersAreNoHeader() async throws {
        let test = try await TestService()
        let first = "alice,0,1\nbob,5,4\n"
        let stored = try await test.send(.put, "/v1/datasets/a?id_column=0", body: first)
        #expect(stored.json["rows"] == .integer(2) && stored.text.contains("header=present"), "\(stored.text)")
        for rows in [4, 6] {
            let reply = try await test.send(.post, "/v1/datasets/a/rows?id_column=0", body: first)
            #expect(reply.json["rows"] == .integer(rows), "\(reply.text)")
        }
        await test.service.stop()
    }

    @Test func defaultNamesMayComeInAnyOrder() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: "1,2\n3,4\n")
        #expect(try await test.send(.post, "/v1/datasets/a/rows", body: "x2,x1\n6,5\n").status == 200)
        let late = #"{"points":[[8,7]],"columns":["x2","x1"]}"#
        #expect(try await test.send(.post, "/v1/datasets/a/rows", body: late).status == 422)
        let content = try await test.send(.get, "/v1/datasets/a/content?format=csv").text
        #expect(content.hasSuffix("1,2\n3,4\n5,6\n"), "\(content)")
        await test.service.stop()
    }

    @Test func aWarningIsKeptOnce() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: "20230001,0\n20230003,1\n")
        for row in ["20230101,0\n", "30230101,0\n", "0,1\n", "0,1\n"] {
            #expect(try await test.send(.post, "/v1/datasets/a/rows", body: row).status == 200)
        }
        let json = try await test.send(.get, "/v1/datasets/a").json
        guard case .array(let warnings)? = json["warnings"] else {
            Issue.record("no warnings")
            return
        }
        #expect(warnings.count == 2, "\(warnings)")
        await test.service.stop()
    }

    @Test func appendedRowsBringTheirIdentifiers() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a?id_column=k", body: "k,x\na,1\n")
        #expect(try await test.send(.post, "/v1/datasets/a/rows", body: "2\n").status == 422)
        let reply = try await test.send(.post, "/v1/datasets/a/rows?id_column=k", body: "k,x\nb,2\n")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(try await test.get("/v1/datasets/a/content?format=csv").text == "k,x\na,1\nb,2\n")
        await test.service.stop()
    }
}
