import Foundation

/// Stores keep whole milliseconds since 1970: exact in every driver, and no finer than what clients are shown.
extension Date {
    /// Milliseconds since 1970, to the nearest.
    ///
    /// Not rounded down: the seconds of a whole millisecond are often a little less than it in binary.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The same instant to the nearest millisecond.
    var wholeMilliseconds: Date { Date(milliseconds: milliseconds) }

    /// The instant a duration later, in whole milliseconds.
    func advanced(by duration: Duration) -> Date {
        Date(milliseconds: milliseconds + duration.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
