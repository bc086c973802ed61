import Testing

@testable import ClusterService

@Suite struct ProgressPaceTests {
    private let start = ContinuousClock.now

    /// How far a synthetic job is after a share of its time.
    enum Course: CaseIterable {
        case steady, slowStart, slowEnd, steps, resumed

        func fraction(_ share: Double) -> Double {
            switch self {
            case .steady: share
            case .slowStart: 0.5 * share + 0.5 * share * share
            case .slowEnd: 1.5 * share - 0.5 * share * share
            case .steps: (share * 25).rounded(.down) / 25
            case .resumed: 0.5 + 0.5 * share
            }
        }
    }

    @Test(arguments: Course.allCases, [2.0, 20, 3_600])
    func theRestIsWithinAFactorOfThree(course: Course, seconds: Double) throws {
        let begin = course.fraction(0)
        var pace = ProgressPace(at: start, fraction: begin)
        for step in 1..<1_000 {
            let share = Double(step) / 1_000
            let (time, fraction) = (start + .seconds(share * seconds), course.fraction(share))
            pace.add(fraction, at: time)
            guard fraction - begin >= 0.2, share < 0.96 else { continue }
            let rest = try #require(pace.remainingSeconds(fraction, at: time))
            let truth = (1 - share) * seconds
            #expect(rest > truth / 3 && rest < truth * 3, "\(rest) s and not \(truth) s at \(fraction)")
        }
    }

    @Test func theWayBackToWhereTheJobWasDoesNotCount() throws {
        var pace = ProgressPace(at: start, fraction: 0.5)
        pace.wait(until: start + .seconds(100))
        for second in 1...10 { pace.add(0.5 + Double(second) / 40, at: start + .seconds(100 + second)) }
        let rest = try #require(pace.remainingSeconds(0.75, at: start + .seconds(110)))
        #expect(abs(rest - 10) < 1)
    }

    @Test func nothingIsSaidBeforeAnythingIsKnown() {
        let pace = ProgressPace(at: start, fraction: 0.5)
        #expect(pace.remainingSeconds(0.51, at: start + .seconds(10)) == nil)
        #expect(pace.remainingSeconds(0.9, at: start + .milliseconds(1)) == nil)
        #expect(pace.remainingSeconds(1, at: start + .seconds(1)) == 0)
    }

    @Test func whatGoesOnIsForetoldFromItsEarlierPace() {
        let pace = ProgressPace(at: start, fraction: 0.5, earlierSeconds: 30)
        #expect(pace.remainingSeconds(0.5, at: start + .milliseconds(1)) == 30)
        #expect(pace.remainingSeconds(0.5, at: start + .seconds(5), atMost: 12) == 12)
        #expect(ProgressPace(at: start, fraction: 0).remainingSeconds(0, at: start + .seconds(5)) == nil)
    }

    @Test func aTimeBudgetBoundsTheRest() {
        func rest(_ fraction: Double, after seconds: Double, limit: Double) -> Double? {
            var pace = ProgressPace(at: start, fraction: 0)
            pace.add(fraction, at: start + .seconds(seconds))
            return pace.remainingSeconds(fraction, at: start + .seconds(seconds), atMost: limit)
        }
        #expect(rest(0.25, after: 10, limit: 20) == 20)
        #expect(rest(0.25, after: 10, limit: 0) == 0)
        #expect(rest(0.5, after: 10, limit: 20).map { abs($0 - 10) < 1e-6 } == true)
        #expect(rest(0.001, after: 10, limit: 20) == 20, "that would take hours")
        #expect(rest(0.019, after: 1, limit: 3_600) == nil)
        #expect(rest(0, after: 10, limit: 20) == nil)
        #expect(rest(1, after: 10, limit: 20) == 0)
    }

    @Test func aStandstillMakesTheRestLongerAndNotInfinite() throws {
        var pace = ProgressPace(at: start, fraction: 0)
        for second in 1...10 { pace.add(Double(second) / 20, at: start + .seconds(second)) }
        let moving = try #require(pace.remainingSeconds(0.5, at: start + .seconds(10)))
        let standing = try #require(pace.remainingSeconds(0.5, at: start + .seconds(60)))
        #expect(standing > 2 * moving && standing.isFinite)
    }
}
