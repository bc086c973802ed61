import HTTPServer
import PointFormats
import Testing

@testable import ClusterService

@Suite struct ColumnSelectionTests {
    private let rows: [[Float]] = [[1, 2, 7], [3, 4, 7]]

    private func select(
        _ selectors: [ColumnSelector]?, weight: ColumnSelector? = nil, rows: [[Float]]? = nil
    ) throws -> (ColumnSelection, DatasetFile) {
        let sample = try SampleStore()
        let pin = try sample.commit(rows ?? self.rows, columns: ["x", "y", "z"])
        return (
            try ColumnSelection(selectors, weight: weight, among: pin.content.columnNames),
            try sample.store.open(digest: pin.content.digest)
        )
    }

    @Test func withoutSelectionAllColumnsAreUsed() throws {
        let (selection, file) = try select(nil)
        #expect(selection.names == ["x", "y", "z"] && selection.count == 3)
        #expect(try selection.points(of: file.rows).rows == rows)
    }

    @Test func columnsComeInTheOrderTheyAreNamed() throws {
        let (selection, file) = try select([.name("z"), .index(0)])
        #expect(selection.names == ["z", "x"])
        #expect(try selection.points(of: file.rows).rows == [[7, 1], [7, 3]])
    }

    @Test func longChoicesGoThroughAFile() throws {
        let long = (0..<2_000).map { [Float($0), -1, Float(2 * $0)] }
        let (selection, file) = try select([.name("z"), .name("x")], rows: long)
        let directory = try TemporaryDirectory()
        var files = 0
        for largest in [Int.max, 15_999, 16_000] {
            let points = try selection.points(of: file.rows, largestCopy: largest) {
                files += 1
                return try SpoolFile(directory: directory.path)
            }
            #expect(points.rows == long.map { [$0[2], $0[0]] })
        }
        #expect(files == 1)
    }

    @Test func constancyIsThatOfTheSelectedColumns() throws {
        let sample = try SampleStore()
        let content = try sample.commit(rows, columns: ["x", "y", "z"]).content
        #expect(try !ColumnSelection(nil, among: content.columnNames).isConstant(in: content))
        #expect(try ColumnSelection([.name("z")], among: content.columnNames).isConstant(in: content))
        #expect(try !ColumnSelection([.name("z"), .name("x")], among: content.columnNames).isConstant(in: content))
    }

    @Test(arguments: [
        [ColumnSelector.name("w")], [.index(3)], [.name("x"), .name("x")], [.name("x"), .index(0)],
    ])
    func columnsThatAreNotThereOrTwiceAreRefused(selectors: [ColumnSelector]) {
        let problem = expectProblem(422) { _ = try select(selectors) }
        #expect(problem?.errors.map(\.parameter) == ["columns"])
        #expect(problem?.detail.contains("x, y, z") == true)
    }

    @Test(arguments: [ColumnSelector.name("y"), .index(1)])
    func theColumnOfWeightsIsNoCoordinate(selector: ColumnSelector) throws {
        let (selection, file) = try select(nil, weight: selector)
        #expect(selection.names == ["x", "z"])
        #expect(try selection.points(of: file.rows).rows == [[1, 7], [3, 7]])
        #expect(try selection.weights?.values(of: file.rows) == [2, 4])
        #expect(selection.weights?.isUsable(in: file.description) == true)
    }

    @Test func columnsStoredForAClusteringHaveTheirWeightsLast() throws {
        var parameters = JobParameters()
        parameters.columns = [.name("b"), .index(0)]
        parameters.weightColumn = .index(5)
        let selection = try ColumnSelection(parameters, isChosen: true, among: ["b", "a", "count"])
        #expect(selection.names == ["b", "a"] && selection.weights?.name == "count")
    }

    @Test(
        arguments: [
            ([.name("x"), .name("y")], .index(1)), (nil, .name("w")), (nil, .index(3)),
        ] as [([ColumnSelector]?, ColumnSelector)])
    func weightsThatAreCoordinatesOrNotThereAreRefused(selectors: [ColumnSelector]?, weight: ColumnSelector) {
        let problem = expectProblem(422) { _ = try select(selectors, weight: weight) }
        #expect(problem?.errors.map(\.parameter) == ["weight_column"])
    }

    @Test(
        arguments: [
            ([[1, 2, 7], [3, -4, 7]], "-4.0 in row 2"), ([[1, 0, 7], [3, 0, 7]], "only zeros"),
        ] as [([[Float]], String)])
    func numbersThatAreNoWeightsAreRefusedWithTheirRow(rows: [[Float]], words: String) throws {
        let (selection, file) = try select(nil, weight: .name("y"), rows: rows)
        let weights = try #require(selection.weights)
        #expect(!weights.isUsable(in: file.description))
        let problem = expectProblem(422) { try weights.check(file.rows) }
        #expect(problem?.detail.contains(words) == true)
    }
}
