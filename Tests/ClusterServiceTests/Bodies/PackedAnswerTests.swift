import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// Answers that leave in a content coding.
@Suite struct PackedAnswerTests {
    @Test(
        arguments: [
            (nil, nil), ("identity", nil), ("br", nil), ("gzip", "gzip"), ("x-gzip", "gzip"), ("zstd", "zstd"),
            ("gzip, deflate, br, zstd", "zstd"), ("deflate, gzip;q=1.0, *;q=0.5", "gzip"), ("gzip;q=0", nil),
            ("*", "zstd"), ("*;q=0", nil), ("gzip;q=0.3, identity;q=0.5", nil), ("gzip;q=0.5, identity;q=0.5", "gzip"),
            ("zstd;q=0.1, gzip;q=0.2", "gzip"), ("gzip;q=nonsense", nil), ("", nil),
        ] as [(String?, String?)])
    func theClientsWeightsChoose(value: String?, coding: String?) {
        var headers: HTTPFields = [:]
        headers[.acceptEncoding] = value
        #expect(headers.preferredCoding?.rawValue == coding)
    }

    @Test(arguments: ContentCoding.allCases) func longAnswersArePackedAndSayso(coding: ContentCoding) async throws {
        let test = try await TestService()
        let rows = (0..<20_000).map { "\($0 % 100),\($0 % 7)\n" }.joined()
        _ = try await test.send(.put, "/v1/datasets/a", body: rows)
        for format in ["csv", "json"] {
            let target = "/v1/datasets/a/content?format=\(format)"
            let plain = try await test.get(target)
            #expect(plain.headers[.vary]?.contains("Accept-Encoding") == true)
            #expect(plain.headers[.contentEncoding] == nil)
            let answer = try await test.get(target, [.acceptEncoding: coding.rawValue])
            #expect(answer.headers[.contentEncoding] == coding.rawValue)
            #expect(answer.headers[.vary]?.contains("Accept-Encoding") == true)
            #expect(answer.bytes.count < plain.bytes.count / 4)
            #expect(try unpacked(answer.bytes, coding) == plain.bytes)
            let tag = try #require(plain.headers[.eTag])
            #expect(answer.headers[.eTag] == "W/\(tag)")
            let again = try await test.get(
                target, [.acceptEncoding: coding.rawValue, .ifNoneMatch: try #require(answer.headers[.eTag])])
            #expect(again.status == 304)
        }
        await test.service.stop()
    }

    @Test func shortAnswersAreNotWorthIt() async throws {
        let test = try await TestService()
        let reply = try await test.send(
            .post, "/v1/cluster?k=2", [.acceptEncoding: "gzip"], body: "0,0\n0,1\n9,9\n9,8\n")
        #expect(reply.status == 200 && reply.headers[.contentEncoding] == nil)
        await test.service.stop()
    }
}
