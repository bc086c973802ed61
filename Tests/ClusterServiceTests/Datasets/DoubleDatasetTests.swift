import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

/// Point sets in double precision, from the upload to the result.
@Suite struct DoubleDatasetTests {
    /// Two groups of points that a common offset of a billion hides from single precision.
    private let far = (0..<40).map { row in
        let group = row % 2 == 0 ? 0.25 : 0.75
        return "\(1e9 + group + Double(row) * 1e-4),\(-1e9 + group)\n"
    }.joined()

    @Test func everyDigitComesBack() async throws {
        let test = try await TestService()
        let body = "x,y\n0.1,1000000000.0000001\n-2.5e-300,1.7976931348623157e308\n3,4\n"
        let stored = try await test.send(.put, "/v1/datasets/a?dtype=float64", body: body)
        #expect(stored.status == 201, "\(stored.text)")
        #expect(try stored.string("dtype") == "float64")
        #expect(stored.json["bytes"] == .integer(48))
        let csv = try await test.send(.get, "/v1/datasets/a/content?format=csv")
        #expect(csv.text == "x,y\n0.1,1000000000.0000001\n-2.5e-300,1.7976931348623157e+308\n3,4\n")
        let json = try await test.send(.get, "/v1/datasets/a/content?format=json")
        #expect(
            json.text == "{\"columns\":[\"x\",\"y\"],\"points\":[[0.1,1000000000.0000001],"
                + "[-2.5e-300,1.7976931348623157e+308],[3,4]]}\n")
        await test.service.stop()
    }

    @Test func anArrayOfDoublesGoesInAndOutUnchanged() async throws {
        let test = try await TestService()
        let stored = try await test.send(.put, "/v1/datasets/a?dtype=float64", body: "0.1,2\n3,1e-310\n")
        #expect(stored.status == 201, "\(stored.text)")
        let content = try await test.get("/v1/datasets/a/content?format=npy").bytes
        #expect(String(decoding: content.prefix(60), as: UTF8.self).contains("'<f8'"))
        let values = content.dropFirst(128).withUnsafeBytes { bytes in
            (0..<4).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
        #expect(values == [0.1, 2, 3, Double("1e-310")])
        await test.service.stop()
    }

    @Test func theTypeIsPartOfTheDigestAndFloat32IsTheDefault() async throws {
        let test = try await TestService()
        let single = try await test.send(.put, "/v1/datasets/a", body: "1,2\n3,4\n")
        let same = try await test.send(.put, "/v1/datasets/b?dtype=float32", body: "1,2\n3,4\n")
        let double = try await test.send(.put, "/v1/datasets/c?dtype=float64", body: "1,2\n3,4\n")
        #expect(try single.string("dtype") == "float32")
        #expect(try single.string("digest") == same.string("digest"))
        #expect(try single.string("digest") != double.string("digest"))
        let wrong = try await test.send(.put, "/v1/datasets/d?dtype=float16", body: "1,2\n3,4\n")
        #expect(wrong.status == 422 && wrong.text.contains("dtype"))
        let large = try await test.send(.put, "/v1/datasets/d", body: "1,2\n3,1e39\n")
        #expect(large.status == 422 && large.text.contains("32-bit"))
        await test.service.stop()
    }

    @Test func appendedRowsAreKeptInTheTypeOfTheDataset() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a?dtype=float64", body: "0.1,2\n")
        let appended = try await test.send(.post, "/v1/datasets/a/rows", body: "0.2,1e300\n")
        #expect(appended.status == 200, "\(appended.text)")
        #expect(try appended.string("dtype") == "float64")
        let csv = try await test.send(.get, "/v1/datasets/a/content?format=csv")
        #expect(csv.text == "x1,x2\n0.1,2\n0.2,1e+300\n")
        await test.service.stop()
    }

    @Test func aCommonOffsetDoesNotHideTheClusters() async throws {
        let test = try await TestService()
        #expect(try await test.send(.put, "/v1/datasets/far?dtype=float64", body: far).status == 201)
        let job = try await test.finishedJob("{\"dataset\":\"far\",\"k\":2}")
        let result = try await test.send(.get, "/v1/jobs/\(job)/result")
        guard case .array(let labels)? = result.json["assignments"], labels.count == 40 else {
            Issue.record("\(result.text)")
            return
        }
        for (row, label) in labels.enumerated() { #expect(label == labels[row % 2], "row \(row)") }
        #expect(labels[0] != labels[1])
        // Centroids are where the points are, to more digits than single precision has.
        let firsts = try centroids(result.json).map { $0[0] - 1e9 }.sorted()
        #expect(abs(firsts[0] - 0.2519) < 1e-4 && abs(firsts[1] - 0.7520) < 1e-4, "\(firsts)")
        let csv = try await test.send(.get, "/v1/jobs/\(job)/result?format=csv")
        #expect(csv.text.contains("\n1000000000.25,-999999999.75,"), "\(csv.text.prefix(200))")

        // The model reads new points in double precision, too.
        let model = try await test.send(.get, "/v1/jobs/\(job)").string("model")
        let shown = try await test.send(.get, "/v1/models/\(model)")
        #expect(try centroids(shown.json) == centroids(result.json))
        let assigned = try await test.send(
            .post, "/v1/models/\(model)/assign?format=csv", body: "1000000000.2501,-999999999.75\n")
        #expect(assigned.status == 200 && assigned.text.contains("\n1000000000.2501,-999999999.75,"))
        let label = assigned.text.split(separator: "\n").last?.split(separator: ",")[2]
        #expect(label.map(String.init) == labels[0].text)
        await test.service.stop()
    }

    @Test func magnitudesBeyondSinglePrecisionAreClustered() async throws {
        let test = try await TestService()
        let body = (0..<20).map { "\($0 % 2 == 0 ? "1e200" : "-1e200"),\($0)e190\n" }.joined()
        #expect(try await test.send(.put, "/v1/datasets/huge?dtype=float64", body: body).status == 201)
        let job = try await test.finishedJob("{\"dataset\":\"huge\",\"k\":2}")
        let result = try await test.send(.get, "/v1/jobs/\(job)/result")
        guard case .array(let labels)? = result.json["assignments"], labels.count == 20 else {
            Issue.record("\(result.text)")
            return
        }
        for (row, label) in labels.enumerated() { #expect(label == labels[row % 2], "row \(row)") }
        let firsts = try centroids(result.json).map { $0[0] / 1e200 }.sorted()
        #expect(abs(firsts[0] + 1) < 1e-4 && abs(firsts[1] - 1) < 1e-4, "\(firsts)")
        #expect(result.text.contains("in units of"))
        await test.service.stop()
    }

    @Test func oneShotCallsTakeTheTypeToo() async throws {
        let test = try await TestService()
        let result = try await test.send(.post, "/v1/cluster?k=2&dtype=float64", body: far)
        #expect(result.status == 200, "\(result.text)")
        guard case .array(let labels)? = result.json["assignments"] else { return }
        for (row, label) in labels.enumerated() { #expect(label == labels[row % 2], "row \(row)") }
        await test.service.stop()
    }

    private func centroids(_ json: JSONValue) throws -> [[Double]] {
        guard case .array(let rows)? = json["centroids"] else { return [] }
        return rows.map { row in
            guard case .array(let numbers) = row else { return [] }
            return numbers.compactMap { Double($0.text) }
        }
    }
}
