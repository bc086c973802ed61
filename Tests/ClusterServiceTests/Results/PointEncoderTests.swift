import AttentionClustering
import PointFormats
import Testing

@testable import ClusterService

@Suite struct PointEncoderTests {
    private func points(_ count: Int) throws -> Points {
        try Points(values: (0..<2 * count).map { Float($0) / 3 }, count: count, dimension: 2)
    }

    /// Around the number of rows that are written at once.
    @Test(arguments: [1, 1_023, 1_024, 1_025, 2_048, 3_000])
    func whatIsWrittenCanBeSentAgain(count: Int) async throws {
        let points = try points(count)
        let encoder = PointEncoder(names: ["a", "b c"], points: points)
        let json = Gathered()
        try await encoder.writeJSON(to: json.output)
        let csv = Gathered()
        try await encoder.writeCSV(to: csv.output)
        for (text, format) in [(json.text, PointFormat.json), (csv.text, .csv)] {
            let (decoded, schema) = try decodePoints(Array(text.utf8), format: format)
            #expect(decoded.rows == points.rows)
            #expect(schema.columns == ["a", "b c"])
        }
    }
}
