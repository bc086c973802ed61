import HTTPServer
import PointFormats
import Testing

@testable import ClusterService

@Suite struct ColumnSelectionTests {
    private let rows: [[Float]] = [[1, 2, 7], [3, 4, 7]]

    private func select(_ selectors: [ColumnSelector]?) throws -> (ColumnSelection, DatasetFile) {
        let sample = try SampleStore()
        let pin = try sample.commit(rows, columns: ["x", "y", "z"])
        return (try ColumnSelection(selectors, in: pin.content), try sample.store.open(digest: pin.content.digest))
    }

    @Test func withoutSelectionAllColumnsAreUsed() throws {
        let (selection, file) = try select(nil)
        #expect(selection.names == ["x", "y", "z"] && selection.count == 3)
        #expect(try selection.points(of: file).rows == rows)
    }

    @Test func columnsComeInTheOrderTheyAreNamed() throws {
        let (selection, file) = try select([.name("z"), .index(0)])
        #expect(selection.names == ["z", "x"])
        #expect(try selection.points(of: file).rows == [[7, 1], [7, 3]])
    }

    @Test func constancyIsThatOfTheSelectedColumns() throws {
        let sample = try SampleStore()
        let content = try sample.commit(rows, columns: ["x", "y", "z"]).content
        #expect(try !ColumnSelection(nil, in: content).isConstant(in: content))
        #expect(try ColumnSelection([.name("z")], in: content).isConstant(in: content))
        #expect(try !ColumnSelection([.name("z"), .name("x")], in: content).isConstant(in: content))
    }

    @Test(arguments: [
        [ColumnSelector.name("w")], [.index(3)], [.name("x"), .name("x")], [.name("x"), .index(0)],
    ])
    func columnsThatAreNotThereOrTwiceAreRefused(selectors: [ColumnSelector]) {
        let problem = expectProblem(422) { _ = try select(selectors) }
        #expect(problem?.errors.map(\.parameter) == ["columns"])
        #expect(problem?.detail.contains("x, y, z") == true)
    }
}
