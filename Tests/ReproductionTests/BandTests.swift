import Testing

@testable import Reproduction

@Suite struct BandTests {
    @Test func theBandIsStudentsInterval() {
        let band = Band([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(band.mean == 5.5)
        // s = 3.02765, 2.262·s/√10
        #expect(abs(band.high - 5.5 - 2.1657) < 1e-3)
        #expect(abs(band.low + band.high - 11) < 1e-12)
    }

    @Test func oneRunHasNoWidth() {
        let band = Band([3])
        #expect(band.low == 3 && band.high == 3)
    }

    @Test func aBandIsShownBehindItsMean() {
        #expect(Band([1, 3]).text(times: 100, unit: "%") == "200.000% [-1070.600, 1470.600]")
        #expect(Band([0.05]).text == "0.0500 [0.0500, 0.0500]")
    }
}
