import Testing

@testable import HTTPServer

struct BodyClockTests {
    private func seconds(_ count: Double) -> Moment { Moment(nanoseconds: Int(count * 1e9)) }

    @Test func itStandsStillUntilItIsStarted() {
        var clock = BodyClock(ConnectionTimes(ServerLimits()))
        #expect(clock.deadline(received: 0) == nil)
        clock.start(at: seconds(5))
        clock.start(at: seconds(7))
        #expect(clock.deadline(received: 0) == seconds(35))
    }

    @Test func receivedBytesEarnTime() {
        var clock = BodyClock(ConnectionTimes(ServerLimits()))
        clock.start(at: seconds(0))
        #expect(clock.deadline(received: 32 << 10) == seconds(30.5))
        #expect(clock.deadline(received: 64 << 20) == seconds(30 + 1024))
        #expect(clock.deadline(received: .max).map { $0 > seconds(1e9) } == true)
    }

    @Test func hurryingLeavesLittleTimeAndWhatFurtherBytesEarn() {
        var clock = BodyClock(ConnectionTimes(ServerLimits()))
        clock.hurry(.milliseconds(2_000), received: 0, at: seconds(0))
        clock.start(at: seconds(1))
        #expect(clock.deadline(received: 0) == seconds(3))
        #expect(clock.deadline(received: 64 << 10) == seconds(4))
        var late = BodyClock(ConnectionTimes(ServerLimits()))
        late.start(at: seconds(0))
        late.hurry(.milliseconds(2_000), received: 0, at: seconds(29))
        #expect(late.deadline(received: 0) == seconds(30), "nobody gets more time")
        var long = BodyClock(ConnectionTimes(ServerLimits()))
        long.start(at: seconds(0))
        long.hurry(.milliseconds(2_000), received: 64 << 20, at: seconds(10))
        #expect(long.deadline(received: 64 << 20) == seconds(12))
    }

    @Test func onlyRunningTimeCounts() {
        var clock = BodyClock(ConnectionTimes(ServerLimits()))
        clock.start(at: seconds(0))
        clock.pause(at: seconds(10))
        clock.pause(at: seconds(20))
        #expect(clock.deadline(received: 0) == nil)
        clock.start(at: seconds(100))
        #expect(clock.deadline(received: 0) == seconds(120))
    }
}
