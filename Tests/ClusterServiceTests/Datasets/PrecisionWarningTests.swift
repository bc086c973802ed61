import Testing

@testable import ClusterService

@Suite struct PrecisionWarningTests {
    @Test func roundingThatShowsIsTold() throws {
        let sentence = try #require(PrecisionWarning.sentence(column: "t", minimum: 1.7e9, maximum: 1.7e9 + 256))
        #expect(sentence.contains("column t") && sentence.contains("128") && sentence.contains("subtract"))
        #expect(PrecisionWarning.sentence(column: "t", minimum: -1.7e9, maximum: -1.7e9) != nil)
    }

    @Test(arguments: [(Float(0), Float(1)), (-5, 5), (1e5, 1e5), (0, 1.7e9), (1e30, 2e30), (4.3, 7.9)])
    func ordinaryColumnsAreNotMentioned(minimum: Float, maximum: Float) {
        #expect(PrecisionWarning.sentence(column: "x", minimum: minimum, maximum: maximum) == nil)
    }
}
