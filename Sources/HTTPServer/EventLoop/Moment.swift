import Glibc

/// A point in time of the monotonic clock, in nanoseconds.
///
/// In place of `ContinuousClock.Instant`, whose layout is known only at run time: every struct that holds one would be
/// copied by way of its metadata.
struct Moment: Comparable {
    private(set) var nanoseconds: Int

    init(nanoseconds: Int) {
        self.nanoseconds = nanoseconds
    }

    static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: time.tv_sec * 1_000_000_000 + time.tv_nsec)
    }

    static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    static func + (moment: Moment, span: Span) -> Moment {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Moment(nanoseconds: overflow ? (span.nanoseconds < 0 ? .min : .max) : sum)
    }

    static func - (later: Moment, earlier: Moment) -> Span {
        Span(nanoseconds: later.nanoseconds - earlier.nanoseconds)
    }

    /// A span of time in nanoseconds, at most 292 years.
    struct Span: Comparable {
        var nanoseconds: Int

        init(nanoseconds: Int) {
            self.nanoseconds = nanoseconds
        }

        /// Rounds to nanoseconds; what is too long becomes the longest span.
        init(_ duration: Duration) {
            let (seconds, attoseconds) = duration.components
            let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, carry) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
            nanoseconds = overflow || carry ? (seconds < 0 ? .min : .max) : sum
        }

        /// At most the longest span.
        static func milliseconds(_ count: Int) -> Span {
            let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
            return Span(nanoseconds: overflow ? (count < 0 ? .min : .max) : product)
        }

        var duration: Duration { .nanoseconds(nanoseconds) }

        /// At most the longest span.
        static func + (left: Span, right: Span) -> Span {
            let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
            return Span(nanoseconds: overflow ? (right.nanoseconds < 0 ? .min : .max) : sum)
        }

        static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
    }
}
