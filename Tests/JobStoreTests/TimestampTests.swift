import Foundation
import JobStoreTesting
import Testing

@testable import JobStore

@Suite struct TimestampTests {
    @Test func everyMillisecondReadsBackAsItself() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let milliseconds = Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator)
            #expect(Date(milliseconds: milliseconds).milliseconds == milliseconds)
        }
    }

    @Test func roundingToMillisecondsIsIdempotentAndMovesAtMostHalfOfOne() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let date = Date(timeIntervalSince1970: Double.random(in: 0...4e9, using: &generator))
            let rounded = date.wholeMilliseconds
            #expect(rounded.wholeMilliseconds == rounded)
            #expect(abs(date.timeIntervalSince(rounded)) < 0.000_501)
        }
    }

    @Test func durationsAddInWholeMilliseconds() {
        let start = Date(milliseconds: 1_750_000_000_123)
        #expect(start.advanced(by: .milliseconds(877)).milliseconds == 1_750_000_001_000)
        #expect(start.advanced(by: .seconds(7 * 86_400)).milliseconds == 1_750_604_800_123)
        #expect(Duration.microseconds(1_999).milliseconds == 1)
        #expect(Duration.milliseconds(-5).milliseconds == -5)
    }
}
