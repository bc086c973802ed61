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
