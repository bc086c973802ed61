import Testing

@testable import ClusterService

@Suite struct CentroidTableTests {
    @Test func jsonAndCSVSayTheSame() async throws {
        let summary = ResultSummary(try SampleResult.clustering(), columns: ["x", "y"], seed: 0, warnings: [])
        func text(_ format: ResultFormat) async throws -> String {
            let gathered = Gathered()
            try await CentroidTable(summary: summary).write(format, to: gathered.output)
            return gathered.text
        }
        let json = try JSONValue.parse(try await text(.json).utf8)
        #expect(json["k"] == .integer(2) && json["d"] == .integer(2))
        #expect(json["centroids"] == ResultSummary.matrix(summary.centroids))
        let lines = try await text(.csv).split(separator: "\n")
        #expect(lines[0] == "cluster,x,y,size,weight")
        for (cluster, line) in lines.dropFirst().enumerated() {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            let size = Double(summary.sizes[cluster])
            #expect(numbers == [Double(cluster)] + summary.centroids[cluster] + [size, summary.weights[cluster]])
        }
    }
}
