import PointFormats
import Testing

@testable import ClusterService

@Suite struct PrecisionWarningTests {
    private func sentence(
        _ minimum: Double, _ maximum: Double, integers: Bool, type: NumberType = .float32
    ) -> String? {
        PrecisionWarning.sentence(column: "t", minimum: minimum, maximum: maximum, areIntegers: integers, type: type)
    }

    @Test func roundingThatShowsIsTold() throws {
        let found = try #require(sentence(1.7e9, 1.7e9 + 256, integers: true))
        #expect(found.contains("column t") && found.contains("128") && found.contains("subtract"))
        #expect(sentence(-1.7e9, -1.7e9, integers: false) != nil)
    }

    @Test func integersThatSinglePrecisionCannotTellApartAreTold() throws {
        let found = try #require(sentence(1, 20_230_001, integers: true))
        #expect(found.contains("steps of 2 ") && found.contains("beyond 16777216"))
        #expect(found.contains("dtype=float64") && found.contains("id_column"))
        #expect(sentence(0, 0x1p24 - 1, integers: true) == nil)
    }

    @Test func doublesAreToldOnlyOfIntegersBeyondTheirs() throws {
        #expect(sentence(1, 20_230_001, integers: true, type: .float64) == nil)
        let found = try #require(sentence(0, 1.5e18, integers: true, type: .float64))
        #expect(found.contains("9007199254740992") && !found.contains("dtype"))
    }

    @Test(arguments: [(0.0, 1.0), (-5, 5), (1e5, 1e5), (0, 1.7e9), (1e30, 2e30), (4.3, 7.9)])
    func ordinaryColumnsAreNotMentioned(minimum: Double, maximum: Double) {
        #expect(sentence(minimum, maximum, integers: false) == nil)
    }

    @Test func columnsOfIntegersAreTellable() {
        var statistics = ColumnStatistics(dimension: 3)
        for block: [Float] in [[1, 2, 0.5], [2, 20_230_000, 3], [4, 1.25, 5]] {
            block.withUnsafeBufferPointer { statistics.observe($0) }
        }
        #expect(statistics.areIntegers == [true, false, false])
    }
}
