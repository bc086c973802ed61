import Testing

@testable import ClusterService

@Suite struct DatasetEntryTests {
    @Test(arguments: ["a", "0", "points.csv", "A-b_c.9", String(repeating: "x", count: 128)])
    func fileNamesAreNames(name: String) throws {
        try DatasetEntry.checkName(name)
    }

    @Test(arguments: [
        "", ".", "..", ".a", "-a", "_a", "a/b", "a b", "é", "a\0", "a\n", String(repeating: "x", count: 129),
    ])
    func othersAreNot(name: String) {
        expectProblem(422) { try DatasetEntry.checkName(name) }
    }
}
