import Testing

@testable import HTTPServer

struct WriteClockTests {
    private func seconds(_ count: Double) -> Moment { Moment(nanoseconds: Int(count * 1e9)) }

    private var clock: WriteClock { WriteClock(ConnectionTimes(ServerLimits()), at: seconds(0)) }

    @Test func itStandsStillUntilOutputWaits() {
        var clock = clock
        #expect(clock.deadline == nil)
        clock.run(taken: 0, at: seconds(5))
        #expect(clock.deadline == seconds(35))
        clock.pause(at: seconds(10))
        #expect(clock.deadline == nil)
    }

    @Test func takenBytesEarnTimeUpToTheGrace() {
        var clock = clock
        clock.run(taken: 0, at: seconds(0))
        clock.run(taken: 4 << 10, at: seconds(10))
        #expect(clock.deadline == seconds(31))
        clock.run(taken: 1 << 30, at: seconds(20))
        #expect(clock.deadline == seconds(50), "a fast start lets nobody be slow for the longer")
        clock.run(taken: .max, at: seconds(30))
        #expect(clock.deadline == seconds(60))
    }

    @Test func timeRecoversWhileNothingWaits() {
        var clock = clock
        clock.run(taken: 0, at: seconds(0))
        clock.pause(at: seconds(20))
        clock.run(taken: 0, at: seconds(25))
        #expect(clock.deadline == seconds(40))
        clock.pause(at: seconds(26))
        clock.run(taken: 0, at: seconds(500))
        #expect(clock.deadline == seconds(530))
    }

    @Test func hurryingShortensTheGraceForGood() {
        var clock = clock
        clock.hurry(.milliseconds(2_000), at: seconds(1))
        clock.run(taken: 0, at: seconds(10))
        #expect(clock.deadline == seconds(12))
        clock.run(taken: 1 << 30, at: seconds(11))
        #expect(clock.deadline == seconds(13))
    }
}
