import Foundation
import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// What goes in and comes out in every format.
@Suite struct FormatRouteTests {
    private static let rows: [[Float]] = [[0, 0.1], [0, 1], [1, 0], [9, 9], [9, 8.25], [8, 9]]

    private static func body(_ format: PointFormat) -> [UInt8] {
        var writer = ByteWriter()
        switch format {
        case .csv:
            writer.append(csvHeader: ["x", "y"])
            for row in rows { writer.append(csvRow: row) }
        case .json: writer.append(jsonRows: rows.flatMap(\.self), dimension: 2)
        case .ndjson: for row in rows { writer.append(ndjsonRow: row, names: ["x", "y"]) }
        case .npy:
            writer.append(npyHeader: [rows.count, 2])
            writer.append(npyValues: rows.flatMap(\.self))
        }
        return writer.bytes
    }

    /// The float32 or int32 words of a `.npy`.
    private func words(_ npy: [UInt8]) -> [UInt32] {
        let start = 10 + Int(npy[8]) + Int(npy[9]) << 8
        return stride(from: start, to: npy.count, by: 4).map { offset in
            npy[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    @Test(arguments: PointFormat.allCases) func pointsLeaveInEveryFormatAndCanBeSentAgain(format: PointFormat)
        async throws
    {
        let test = try await TestService()
        let stored = try await test.send(.put, "/v1/datasets/a", bytes: Self.body(format))
        #expect(stored.status == 201, "\(stored.text)")
        for out in ResultFormat.allCases {
            let answer = try await test.get("/v1/datasets/a/content?format=\(out.rawValue)")
            #expect(answer.status == 200 && answer.headers[.contentType] == out.mediaType)
            #expect(answer.headers[.vary]?.contains("Accept") == true)
            let accepted = try await test.get("/v1/datasets/a/content", [.accept: out.essence])
            #expect(accepted.bytes == answer.bytes)
            let (points, _) = try decodePoints(answer.bytes, format: PointFormat(mediaType: out.mediaType))
            #expect(points.rows == Self.rows, "\(out)")
        }
        await test.service.stop()
    }

    @Test func resultsLeaveInEveryFormat() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", bytes: Self.body(.csv))
        let job = try await test.finishedJob(#"{"dataset":"a","k":2}"#)
        let json = try await test.get("/v1/jobs/\(job)/result").json
        guard case .array(let labels)? = json["assignments"] else { throw Reply.Missing(description: "no labels") }
        let numbers = labels.map { value in if case .integer(let label) = value { UInt32(label) } else { UInt32.max } }
        for path in ["result", "result/assignments"] {
            let npy = try await test.get("/v1/jobs/\(job)/\(path)?format=npy")
            #expect(npy.text.contains("'descr': '<i4'") && npy.text.contains("'shape': (6,)"))
            #expect(words(npy.bytes) == numbers)
            let lines = try await test.get("/v1/jobs/\(job)/\(path)", [.accept: "application/x-ndjson"]).text
                .split(separator: "\n").map { try JSONValue.parse($0.utf8) }
            #expect(lines.map { $0["cluster"] } == labels)
            #expect(
                lines.map { $0["x"] }
                    == (path == "result" ? Self.rows.map { .integer(Int($0[0])) } : Array(repeating: nil, count: 6)))
        }
        let centroids = try await test.get("/v1/jobs/\(job)/result/centroids?format=npy")
        #expect(centroids.text.contains("'descr': '<f4'") && centroids.text.contains("'shape': (2, 2)"))
        let (points, _) = try decodePoints(centroids.bytes, format: .npy)
        let lines = try await test.get("/v1/jobs/\(job)/result/centroids?format=ndjson").text
            .split(separator: "\n").map { try JSONValue.parse($0.utf8) }
        #expect(lines.count == 2 && lines[1]["cluster"] == .integer(1) && lines[1]["size"] == .integer(3))
        for (line, row) in zip(lines, points.rows) {
            guard case .number(let x)? = line["x"] else { continue }
            #expect(Float(x) == row[0])
        }
        await test.service.stop()
    }

    @Test func identifiersAreCarriedThroughToResults() async throws {
        let test = try await TestService()
        let body = "x,key,y\n" + Self.rows.enumerated().map { "\($1[0]),\"p, \($0)\",\($1[1])\n" }.joined()
        let stored = try await test.send(.put, "/v1/datasets/a?id_column=key", body: body)
        #expect(stored.status == 201 && stored.json["id_column"] == .string("key"), "\(stored.text)")
        #expect(stored.json["dimension"] == .integer(2))
        let ids = JSONValue.array((0..<6).map { .string("p, \($0)") })
        let job = try await test.finishedJob(#"{"dataset":"a","k":2}"#)
        #expect(try await test.get("/v1/jobs/\(job)/result").json["ids"] == ids)
        #expect(try await test.get("/v1/jobs/\(job)/result/assignments").json["ids"] == ids)
        let csv = try await test.get("/v1/jobs/\(job)/result?format=csv").text.split(separator: "\n")
        #expect(csv[0] == "key,x,y,cluster,distance,confidence" && csv[2].hasPrefix("\"p, 1\",0,1,"))
        let assignments = try await test.get("/v1/jobs/\(job)/result/assignments?format=csv").text
        #expect(assignments.hasPrefix("key,cluster,distance,confidence\n\"p, 0\","))
        let lines = try await test.get("/v1/jobs/\(job)/result?format=ndjson").text.split(separator: "\n")
        #expect(try JSONValue.parse(lines[5].utf8)["key"] == .string("p, 5"))
        #expect(try await test.get("/v1/datasets/a/content").json["index"] == ids)
        let content = try await test.get("/v1/datasets/a/content?format=csv")
        let again = try await test.send(.put, "/v1/datasets/b?id_column=key", bytes: content.bytes)
        #expect(again.headers[.eTag] == stored.headers[.eTag], "the same content is the same set")
        let direct = try await test.send(.post, "/v1/cluster?k=2&id_column=1", [.accept: "text/csv"], body: body)
        #expect(direct.status == 200 && direct.text.hasPrefix("key,x,y,cluster"), "\(direct.text)")
        for query in ["id_column=", "id_column=nobody"] {
            #expect(try await test.send(.put, "/v1/datasets/c?\(query)", body: body).status == 422)
        }
        await test.service.stop()
    }
}
