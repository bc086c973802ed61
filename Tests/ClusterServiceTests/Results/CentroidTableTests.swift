import Testing

@testable import ClusterService

@Suite struct CentroidTableTests {
    @Test func jsonAndCSVSayTheSame() throws {
        let summary = ResultSummary(try SampleResult.clustering(), columns: ["x", "y"], seed: 0, warnings: [])
        let table = CentroidTable(summary: summary)
        let json = try JSONValue.parse(table.json)
        #expect(json["k"] == .integer(2) && json["d"] == .integer(2))
        #expect(json["centroids"] == ResultSummary.matrix(summary.centroids))
        let lines = String(decoding: table.csv, as: UTF8.self).split(separator: "\n")
        #expect(lines[0] == "cluster,x,y,size,weight")
        for (cluster, line) in lines.dropFirst().enumerated() {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            let size = Double(summary.sizes[cluster])
            #expect(numbers == [Double(cluster)] + summary.centroids[cluster] + [size, summary.weights[cluster]])
        }
    }
}
