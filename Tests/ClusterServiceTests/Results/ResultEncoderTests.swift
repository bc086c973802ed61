import AttentionClustering
import Foundation
import Testing

@testable import ClusterService

@Suite struct ResultEncoderTests {
    private let chunks = AssignmentChunks(labels: [1, 0], distances: [0.5, 0], confidence: [0.75, 1])

    private func csv(_ names: [String]?) async throws -> [String] {
        let gathered = Gathered()
        let points = try Points(values: [1, 2.5, 3, 4], count: 2, dimension: 2)
        try await ResultEncoder(chunks: chunks).writeCSV(names.map { ($0, points) }, to: gathered.output)
        return gathered.text.components(separatedBy: "\n")
    }

    @Test func csvIsTheInputAndThreeColumns() async throws {
        let lines = try await csv(["x", "y"])
        #expect(lines[0] == "x,y,cluster,distance,confidence")
        let rows = lines[1...2].map { $0.split(separator: ",").compactMap { Double($0) } }
        #expect(rows == [[1, 2.5, 1, 0.5, 0.75], [3, 4, 0, 0, 1]])
        #expect(lines.count == 4 && lines[3].isEmpty)
    }

    @Test func withoutPointsCSVIsTheThreeColumns() async throws {
        let lines = try await csv(nil)
        #expect(lines[0] == "cluster,distance,confidence")
        #expect(lines[1].split(separator: ",").compactMap { Double($0) } == [1, 0.5, 0.75])
        #expect(lines.count == 4 && lines[3].isEmpty)
    }

    @Test func namesThatAreTakenGetAnUnderscore() async throws {
        #expect(try await csv(["cluster", "distance"])[0] == "cluster,distance,cluster_,distance_,confidence")
        #expect(try await csv(["cluster", "cluster_"])[0] == "cluster,cluster_,cluster__,distance,confidence")
    }

    @Test func namesThatNeedQuotesGetThem() async throws {
        #expect(try await csv(["a,b", "c\"d"])[0] == "\"a,b\",\"c\"\"d\",cluster,distance,confidence")
    }

    @Test func jsonIsOneCompleteObject() async throws {
        let clustering = try SampleResult.clustering()
        let summary = ResultSummary(clustering, columns: ["x", "y"], seed: .max, warnings: [])
        let encoder = ResultEncoder(
            chunks: AssignmentChunks(
                labels: clustering.assignments, distances: clustering.distances, confidence: clustering.confidence))
        let gathered = Gathered()
        try await encoder.writeJSON(summary, job: "job_1", model: nil, to: gathered.output)
        let value = try JSONValue.parse(gathered.text.utf8)
        #expect(value["k"] == .integer(2) && value["n"] == .integer(7) && value["d"] == .integer(2))
        #expect(value["seed"] == .unsigned(.max))
        #expect(value["job"] == .string("job_1") && value["model"] == .null)
        #expect(value["assignments"] == .array(clustering.assignments.map { .integer(Int($0)) }))
        #expect(value["sizes"] == .array([.integer(4), .integer(3)]))
        let names = [
            "k", "n", "d", "columns", "centroids", "sizes", "weights", "heads", "assignments", "distances",
            "confidence",
            "metrics", "iterations", "stop_reason", "seed", "warnings", "model", "job", "engine",
        ]
        let positions = names.compactMap { gathered.text.range(of: "\"\($0)\":")?.lowerBound }
        #expect(positions.count == names.count && positions == positions.sorted())
        #expect(gathered.text.hasSuffix("}\n"))
    }

    @Test func aSummaryThatWasStoredIsReadAgain() throws {
        let summary = ResultSummary(try SampleResult.clustering(), columns: ["x", "y"], seed: .max, warnings: [])
        let data = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(ResultSummary.self, from: data) == summary)
    }

    @Test func aModelThatWasStoredAssignsAlike() throws {
        let clustering = try SampleResult.clustering()
        let stored = StoredClusterModel(model: clustering.model, columns: ["x", "y"])
        let read = try StoredClusterModel(try JSONEncoder().encode(stored))
        #expect(read == stored)
        let points = try Points(values: SampleResult.points.flatMap(\.self), count: 7, dimension: 2)
        #expect(try read.model.assign(points).labels == clustering.assignments)
    }

    @Test func largeResultsGoOutInPieces() async throws {
        let count = 3 * AssignmentChunk.rows
        let encoder = ResultEncoder(
            chunks: AssignmentChunks(
                labels: (0..<count).map { Int32($0 % 7) }, distances: Array(repeating: 0.125, count: count),
                confidence: Array(repeating: 1, count: count)))
        let json = Gathered()
        try await encoder.writeAssignmentsJSON(count: count, to: json.output)
        #expect(json.longestPiece < 200_000)
        let value = try JSONDecoder().decode([String: Numbers].self, from: Data(json.text.utf8))
        #expect(value["assignments"]?.values.count == count && value["confidence"]?.values.count == count)
        let csv = Gathered()
        try await encoder.writeCSV(nil, to: csv.output)
        #expect(csv.longestPiece < 200_000)
        #expect(csv.text.utf8.count { $0 == 0x0A } == count + 1)
    }

    /// A list of numbers, or a number.
    private struct Numbers: Decodable {
        let values: [Double]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            values = try (try? container.decode([Double].self)) ?? [container.decode(Double.self)]
        }
    }
}
