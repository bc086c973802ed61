import AttentionClustering
import PointFormats
import Testing

@testable import ClusterService

@Suite struct LocalFitErrorTests {
    @Test func placesComeFirstAsCompilersShowThem() {
        let error = FormatError(
            code: .unprocessable, detail: "two cells are wrong",
            places: [.init(line: 3, column: 2, detail: "a"), .init(row: 4, detail: "b")])
        let lines = LocalFitError(error, path: "points.csv").description.split(separator: "\n")
        #expect(lines == ["points.csv:3:2: a", "points.csv:5: b", "points.csv: two cells are wrong"])
        #expect(LocalFitError(error, path: "-").description.hasPrefix("standard input:3:2: a\n"))
    }

    @Test func faultsOfParametersAreSentences() {
        do {
            _ = try JobParameters(text: [("k", "0")])
            Issue.record("nothing is thrown")
        } catch {
            #expect(LocalFitError(error, path: "x").description.hasPrefix("k is a whole number"))
            #expect(LocalFit.describe(error).hasPrefix("k is a whole number"))
        }
        let error = ClusteringError(.tooFewPoints, option: "clusterCount", detail: "too few")
        #expect(LocalFitError(error, path: "x.csv").description.hasPrefix("x.csv: k"))
    }
}
