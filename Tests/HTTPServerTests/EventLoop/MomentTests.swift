import Testing

@testable import HTTPServer

struct MomentTests {
    @Test func theClockGoesForward() {
        let first = Moment.now
        #expect(Moment.now >= first)
        #expect(Moment.now - first < .milliseconds(10_000))
    }

    @Test func spansAreThoseOfDurations() {
        #expect(Moment.Span(.seconds(2)).nanoseconds == 2_000_000_000)
        #expect(Moment.Span(.nanoseconds(-5)).nanoseconds == -5)
        #expect(Moment.Span(.milliseconds(1)).duration == .milliseconds(1))
        #expect(Moment.Span(nanoseconds: 7).duration == .nanoseconds(7))
    }

    @Test func whatIsTooLongIsTheLongest() {
        #expect(Moment.Span(.seconds(Int64.max)).nanoseconds == .max)
        #expect(Moment.Span.milliseconds(.max).nanoseconds == .max)
        #expect((Moment.now + Moment.Span(.seconds(Int64.max))).nanoseconds == .max)
    }
}
