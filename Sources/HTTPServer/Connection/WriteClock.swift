/// The time a client has for taking what is written to it: a budget that runs down while output waits, and that what
/// the client takes earns back at a least rate.
///
/// The budget is never more than its grace, so that a client which was fast may not be slow for the longer: over any
/// stretch it must take the least rate, but for the grace.
struct WriteClock {
    private let bytesPerSecond: Int
    private var grace: Moment.Span
    private var budget: Moment.Span
    private var isRunning = false
    private var changed: Moment

    init(_ times: ConnectionTimes, at now: Moment) {
        grace = times.response
        budget = times.response
        bytesPerSecond = times.responseBytesPerSecond
        changed = now
    }

    /// When the client is too slow; nil while nothing waits.
    var deadline: Moment? { isRunning ? changed + budget : nil }

    /// Output waits, of which the client has just taken so many bytes.
    mutating func run(taken: Int, at now: Moment) {
        settle(at: now)
        isRunning = true
        // In milliseconds: nanoseconds would leave the range of Int for large counts.
        let earned = taken / bytesPerSecond * 1000 + taken % bytesPerSecond * 1000 / bytesPerSecond
        earn(.milliseconds(earned))
    }

    /// Nothing waits; the budget recovers as it ran down.
    mutating func pause(at now: Moment) {
        guard isRunning || budget < grace else { return }
        settle(at: now)
        isRunning = false
    }

    /// Leaves no more than so much grace from now on.
    mutating func hurry(_ rest: Moment.Span, at now: Moment) {
        settle(at: now)
        grace = min(grace, rest)
        budget = min(budget, grace)
    }

    private mutating func settle(at now: Moment) {
        let passed = now - changed
        changed = now
        if isRunning {
            budget = Moment.Span(nanoseconds: budget.nanoseconds - passed.nanoseconds)
        } else {
            earn(passed)
        }
    }

    private mutating func earn(_ span: Moment.Span) {
        let (sum, overflow) = budget.nanoseconds.addingReportingOverflow(span.nanoseconds)
        budget = min(grace, overflow ? grace : Moment.Span(nanoseconds: sum))
    }
}
