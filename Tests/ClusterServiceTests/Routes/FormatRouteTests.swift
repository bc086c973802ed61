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
        case .arrow:
            writer.append(arrowSchema: [("x", .float32), ("y", .float32)])
            writer.append(arrowRows: rows.count, [.float32(rows.map { $0[0] }), .float32(rows.map { $0[1] })])
            writer.appendArrowEnd()
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
            let arrow = try await test.get("/v1/jobs/\(job)/\(path)", [.accept: "application/vnd.apache.arrow.stream"])
            let (table, schema) = try decodePoints(arrow.bytes, format: nil)
            #expect(schema.columns == (path == "result" ? ["x", "y"] : []) + ["cluster", "distance", "confidence"])
            #expect(table.rows.map { UInt32($0[$0.count - 3]) } == numbers)
            if path == "result" { #expect(table.rows.map { Array($0.prefix(2)) } == Self.rows) }
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
        let arrow = try await test.get("/v1/jobs/\(job)/result/centroids?format=arrow")
        let (table, schema) = try decodePoints(arrow.bytes, format: nil)
        #expect(schema.columns == ["cluster", "x", "y", "size", "weight"])
        #expect(table.rows == [[0] + points.rows[0] + [3, 0.5], [1] + points.rows[1] + [3, 0.5]])
        let lines = try await test.get("/v1/jobs/\(job)/result/centroids?format=ndjson").text
            .split(separator: "\n").map { try JSONValue.parse($0.utf8) }
        #expect(lines.count == 2 && lines[1]["cluster"] == .integer(1) && lines[1]["size"] == .integer(3))
        for (line, row) in zip(lines, points.rows) {
            guard case .number(let x)? = line["x"] else { continue }
            #expect(Float(x) == row[0])
        }
        await test.service.stop()
    }

    @Test func columnsOfTheSameNameLeaveUnderNamesOfTheirOwn() async throws {
        let test = try await TestService()
        let stored = try await test.send(.put, "/v1/datasets/a", body: "x,x,x_2,cluster\n0,1,2,3\n4,5,6,7\n")
        #expect(stored.status == 201)
        let line = try await test.get("/v1/datasets/a/content?format=ndjson").text.split(separator: "\n")[0]
        #expect(line == #"{"x":0,"x_3":1,"x_2":2,"cluster":3}"#)
        let key = try await test.send(.put, "/v1/datasets/b?id_column=0", body: "x,x\n0,1\n4,5\n")
        #expect(key.status == 201)
        #expect(try await test.get("/v1/datasets/b/content?format=csv").text == "x,x_2\n0,1\n4,5\n")
        await test.service.stop()
    }

    /// By its first bytes and by its declared type alike, also as a part of a form.
    @Test func parquetIsRefusedWithTheLineThatConvertsIt() async throws {
        let test = try await TestService()
        let bytes = Array("PAR1\u{15}\u{4}".utf8)
        let line = #"duckdb -c \"COPY (FROM 'points.parquet') TO '/dev/stdout' (FORMAT csv)\" | curl --data-binary @- "#
        for headers: HTTPFields in [
            [:], [.contentType: "application/vnd.apache.parquet"], [.contentType: "application/x-parquet; v=1"],
        ] {
            let reply = try await test.send(.post, "/v1/cluster?k=2", headers, bytes: bytes)
            #expect(reply.status == 415 && reply.text.contains(line), "\(reply.text)")
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
        for format in ["json", "ndjson", "arrow"] {
            let content = try await test.get("/v1/datasets/a/content?format=\(format)")
            let again = try await test.send(.put, "/v1/datasets/b?id_column=key", bytes: content.bytes)
            #expect(again.headers[.eTag] == stored.headers[.eTag], "\(format): \(again.text)")
        }
        let lost = try await test.send(.put, "/v1/datasets/d", bytes: test.get("/v1/datasets/a/content").bytes)
        #expect(lost.text.contains("id_column=index keeps it"), "\(lost.text)")
        let direct = try await test.send(.post, "/v1/cluster?k=2&id_column=1", [.accept: "text/csv"], body: body)
        #expect(direct.status == 200 && direct.text.hasPrefix("key,x,y,cluster"), "\(direct.text)")
        for query in ["id_column=", "id_column=nobody"] {
            #expect(try await test.send(.put, "/v1/datasets/c?\(query)", body: body).status == 422)
        }
        await test.service.stop()
    }
}
