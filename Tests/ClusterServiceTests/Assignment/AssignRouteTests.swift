import AttentionClustering
import Foundation
import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// `POST /v1/models/{id}/assign`.
@Suite struct AssignRouteTests {
    private let plane = "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n"

    private func model(_ test: TestService) async throws -> String {
        _ = try await test.send(.put, "/v1/datasets/train", body: plane)
        let job = try await test.finishedJob(#"{"dataset":"train","k":2}"#)
        return "/v1/models/mdl_\(job.dropFirst(4))/assign"
    }

    private func rows(_ count: Int) -> [[Float]] { (0..<count).map { [Float($0 % 10), Float($0 % 7) / 4] } }

    private func body(_ rows: [[Float]], _ format: PointFormat) -> [UInt8] {
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

    /// The labels of an answer in any format.
    private func labels(_ answer: ByteReply, _ format: ResultFormat) throws -> [Int] {
        switch format {
        case .json:
            guard case .array(let labels)? = answer.json["assignments"] else { return [] }
            return labels.compactMap { if case .integer(let label) = $0 { label } else { nil } }
        case .csv: return answer.text.split(separator: "\n").dropFirst().compactMap { Int($0.split(separator: ",")[2]) }
        case .ndjson:
            return try answer.text.split(separator: "\n").compactMap { line in
                if case .integer(let label)? = try JSONValue.parse(line.utf8)["cluster"] { label } else { nil }
            }
        case .npy:
            let start = 10 + Int(answer.bytes[8]) + Int(answer.bytes[9]) << 8
            return stride(from: start, to: answer.bytes.count, by: 4).map { Int(answer.bytes[$0]) }
        case .arrow:
            var options = DecodingOptions()
            options.columns = [.name("cluster")]
            return try decodePoints(answer.bytes, format: .arrow, options: options).points.rows.map { Int($0[0]) }
        }
    }

    @Test func columnsAreFoundByName() async throws {
        let test = try await TestService()
        let path = try await model(test)
        let expected = try await test.send(.post, path, body: plane).json["assignments"]
        let swapped = "note,y,x\na,0,0\nb,1,0\nc,0,1\nd,9,9\ne,8,9\nf,9,8\n"
        #expect(try await test.send(.post, path, body: swapped).json["assignments"] == expected)
        let unnamed = "0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n"
        #expect(try await test.send(.post, path, body: unnamed).json["assignments"] == expected)
    }

    @Test func namesBehindThePointsAreAskedForInFront() async throws {
        let test = try await TestService()
        for (points, names) in [("x,y\n0,0\n0,1\n9,9\n", ("x", "y")), ("0,0\n0,1\n9,9\n", ("x1", "x2"))] {
            let result = try await test.send(.post, "/v1/cluster?k=2", body: points).json
            guard case .string(let model)? = result["model"] else {
                Issue.record("no model in \(result)")
                continue
            }
            let late = #"{"points":[[1,2]],"columns":["\#(names.1)","\#(names.0)"]}"#
            let refused = try await test.send(.post, "/v1/models/\(model)/assign", body: late)
            #expect(refused.status == 422 && refused.text.contains("in front of"), "\(refused.text)")
            let named = try await test.send(
                .post, "/v1/models/\(model)/assign?format=csv", body: "\(names.1),\(names.0)\n1,0\n")
            #expect(named.text.contains("\n0,1,"), "\(named.text)")
        }
        await test.service.stop()
    }

    @Test func columnsWithOtherNamesAreRefusedUnlessChosen() async throws {
        let test = try await TestService()
        let path = try await model(test)
        let other = plane.replacingOccurrences(of: "x,y", with: "a,b")
        let refused = try await test.send(.post, path, body: other)
        #expect(refused.status == 422)
        #expect(refused.text.contains("trained on x, y") && refused.text.contains("a, b"))
        #expect(try await test.send(.post, path + "?columns=a,b", body: other).status == 200)
    }

    @Test func everyPairOfFormatsGivesTheSameLabels() async throws {
        let test = try await TestService()
        let path = try await model(test)
        let rows = rows(500)
        let expected = try labels(try await test.send(.post, path, bytes: body(rows, .csv)), .json)
        #expect(expected.count == 500 && Set(expected) == [0, 1])
        for format in PointFormat.allCases {
            for out in ResultFormat.allCases {
                let answer = try await test.send(.post, path, [.accept: out.essence], bytes: body(rows, format))
                #expect(answer.status == 200 && answer.headers[.contentType] == out.mediaType, "\(answer.text)")
                #expect(try labels(answer, out) == expected, "\(format) in, \(out) out")
            }
        }
        await test.service.stop()
    }

    /// More numbers than are held back: the answer begins before the body has ended.
    @Test(arguments: ResultFormat.allCases) func aLongBodyIsAnsweredLikeAShortOne(format: ResultFormat) async throws {
        let test = try await TestService {
            $0.assignedValues = 500
            $0.heldValues = 2_000
        }
        let path = try await model(test)
        let rows = rows(10)
        let expected = try labels(try await test.send(.post, path, bytes: body(rows, .csv)), .json)
        let count = 20_000
        let long = (0..<count / 10).reduce(into: body([], .csv)) { bytes, _ in bytes += body(rows, .csv).dropFirst(4) }
        let answer = try await test.send(.post, path, [.accept: format.essence], bytes: long)
        #expect(answer.status == 200)
        let found = try labels(answer, format)
        #expect(found.count == count)
        #expect(found.indices.allSatisfy { found[$0] == expected[$0 % 10] })
        #expect(try test.directory.files(in: "datasets/content").allSatisfy { !$0.hasSuffix(".part") })
        await test.service.stop()
    }

    @Test func identifiersComeBackWithTheLabels() async throws {
        let test = try await TestService()
        let path = try await model(test)
        let body = "{\"id\":17,\"x\":0,\"y\":0}\n{\"id\":\"b\",\"x\":9,\"y\":9}\n"
        let json = try await test.send(.post, "\(path)?id_column=id", body: body)
        #expect(json.json["ids"] == .array([.string("17"), .string("b")]), "\(json.text)")
        let csv = try await test.send(.post, "\(path)?id_column=id&format=csv", body: body)
        #expect(csv.text.hasPrefix("id,x,y,cluster,distance,confidence\n17,0,0,"))
        await test.service.stop()
    }

    @Test(arguments: ["csv", "json", "ndjson", "npy", "arrow"]) func whatIsWrongWithABodyIsTheStatus(format: String)
        async throws
    {
        let test = try await TestService { $0.datasetBytes = 1 << 20 }
        let path = try await model(test) + "?format=\(format)"
        let width = try await test.send(.post, path, body: "1,2,3\n4,5,6\n")
        #expect(width.status == 422 && width.text.contains("the model wants 2 columns (x, y)"), "\(width.text)")
        let cell = try await test.send(.post, path, body: "x,y\n1,2\n3,b\n")
        #expect(cell.status == 422 && cell.text.contains("line 3, column 2"))
        #expect(try await test.send(.post, path, body: "").status == 422)
        #expect(
            try await test.send(.post, path, bytes: packed(Array(repeating: 0x31, count: 2 << 20), .gzip)).status == 413
        )
        #expect(try await test.send(.post, path + "x", body: "1,2\n").status == 422)
        await test.service.stop()
    }
}
