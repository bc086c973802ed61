import Testing

@testable import ClusterService

@Suite struct RateLimiterTests {
    private func limits(_ rate: Double?, burst: Int? = nil) -> KeyLimits {
        var limits = KeyLimits()
        limits.requestsPerSecond = rate
        limits.burst = burst
        return limits
    }

    @Test func aBurstIsLetThroughThenOneAtATime() throws {
        let limiter = RateLimiter()
        let start = ContinuousClock.now
        let limits = limits(2, burst: 3)
        let verdicts = try (0..<4).map { _ in try #require(limiter.take("a", limits, now: start)) }
        #expect(verdicts.map(\.isAllowed) == [true, true, true, false])
        #expect(verdicts.map(\.remaining) == [2, 1, 0, 0])
        #expect(verdicts[3].seconds == 1 && verdicts[3].burst == 3 && verdicts[3].window == 2)
        let later = start + .milliseconds(500)
        #expect(limiter.take("a", limits, now: later)?.isAllowed == true)
        #expect(limiter.take("a", limits, now: later)?.isAllowed == false)
    }

    @Test func aBucketHoldsNoMoreThanItsBurst() {
        let limiter = RateLimiter()
        let start = ContinuousClock.now
        #expect(limiter.take("a", limits(1, burst: 2), now: start)?.remaining == 1)
        #expect(limiter.take("a", limits(1, burst: 2), now: start + .seconds(3_600))?.remaining == 1)
    }

    @Test func aBurstBeyondAllMeasureIsAsGoodAsNoLimit() throws {
        for burst in [1 << 60, .max] {
            let verdict = try #require(RateLimiter().take("a", limits(10, burst: burst)))
            #expect(verdict.isAllowed && verdict.remaining > 1_000_000)
        }
    }

    @Test func keysHaveBucketsOfTheirOwn() {
        let limiter = RateLimiter()
        let start = ContinuousClock.now
        #expect(limiter.take("a", limits(1), now: start)?.isAllowed == true)
        #expect(limiter.take("a", limits(1), now: start)?.isAllowed == false)
        #expect(limiter.take("b", limits(1), now: start)?.isAllowed == true)
    }

    @Test func withoutARateNothingIsCounted() {
        #expect(RateLimiter().take("a", limits(nil)) == nil)
    }

    @Test func aSlowRateSaysHowLongToWait() {
        let limiter = RateLimiter()
        let start = ContinuousClock.now
        _ = limiter.take("a", limits(0.1), now: start)
        #expect(limiter.take("a", limits(0.1), now: start)?.seconds == 10)
    }
}
