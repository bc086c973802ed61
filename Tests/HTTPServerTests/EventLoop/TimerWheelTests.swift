import Testing

@testable import HTTPServer

struct TimerWheelTests {
    private func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: 5_000_000_000 + milliseconds * 1_000_000) }
    private func token(_ index: Int) -> WatcherToken { WatcherToken(index: index, generation: 1) }

    @Test(arguments: [0, 1, 99, 100, 101, 999, 50_000]) func aTokenComesOutAfterItsDeadlineAndSoon(delay: Int) throws {
        var wheel = TimerWheel(origin: at(0))
        wheel.insert(token(1), deadline: at(delay))
        let next = try #require(wheel.next)
        #expect(next > at(delay))
        #expect(next <= at(delay + 200))
        #expect(wheel.advance(to: Moment(nanoseconds: next.nanoseconds - 1)).isEmpty)
        #expect(wheel.advance(to: next) == [token(1)])
        #expect(wheel.next == nil)
        #expect(wheel.count == 0)
    }

    @Test func aDeadlineThatHasPassedComesOutAtTheNextTurn() {
        var wheel = TimerWheel(origin: at(0))
        _ = wheel.advance(to: at(10_000))
        wheel.insert(token(1), deadline: at(0))
        #expect(wheel.advance(to: at(10_100)) == [token(1)])
    }

    @Test func aDeadlineBeyondTheHorizonComesOutEarly() throws {
        var wheel = TimerWheel(origin: at(0))
        wheel.insert(token(1), deadline: at(10_000_000))
        let next = try #require(wheel.next)
        #expect(next < at(10_000_000))
        #expect(wheel.advance(to: next) == [token(1)])
    }

    @Test func aLongPauseLosesNothing() {
        var wheel = TimerWheel(origin: at(0))
        for index in 0..<1_000 { wheel.insert(token(index), deadline: at(index * 50)) }
        #expect(wheel.advance(to: at(10_000_000)).count == 1_000)
        wheel.insert(token(7), deadline: at(10_000_050))
        #expect(wheel.advance(to: at(10_000_300)) == [token(7)])
    }

    @Test func everyTokenComesOutOnceInOrderOfTime() {
        var wheel = TimerWheel(origin: at(0))
        var generator = SeededGenerator(seed: 3)
        var deadlines: [Int] = []
        for index in 0..<2_000 {
            deadlines.append(Int.random(in: 0...45_000, using: &generator))
            wheel.insert(token(index), deadline: at(deadlines[index]))
        }
        var seen = Set<Int>()
        for now in stride(from: 0, through: 46_000, by: 73) {
            for token in wheel.advance(to: at(now)) {
                #expect(seen.insert(token.index).inserted)
                #expect(deadlines[token.index] < now)
                #expect(deadlines[token.index] >= now - 300)
            }
        }
        #expect(seen.count == 2_000)
    }
}
