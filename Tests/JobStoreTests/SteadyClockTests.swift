import Foundation
import JobStoreTesting
import Synchronization
import Testing

@testable import JobStore

@Suite struct SteadyClockTests {
    /// The two clocks of a machine, moved by hand.
    private final class Machine: Sendable {
        private let time = Mutex((boot: 500.0, wall: 1_750_000_000.0))

        var instants: SteadyClock.Instants {
            time.withLock { SteadyClock.Instants(boot: $0.boot, wall: $0.wall) }
        }

        func pass(_ seconds: Double) { time.withLock { $0 = ($0.boot + seconds, $0.wall + seconds) } }

        func jump(_ seconds: Double) { time.withLock { $0.wall += seconds } }
    }

    private let machine = Machine()

    private func clock() -> SteadyClock {
        let machine = machine
        return SteadyClock { machine.instants }
    }

    @Test func itGoesWithTheTimeOfDay() {
        let clock = clock()
        for _ in 0..<100 {
            machine.pass(60)
            #expect(abs(clock.now.timeIntervalSince1970 - machine.instants.wall) < 1e-3)
        }
    }

    @Test(arguments: [3_600.0, -3_600, 86_400, -86_400])
    func aJumpIsNotSeenAtOnceButFollowedInTime(_ jump: Double) {
        let clock = clock()
        let before = clock.now
        machine.jump(jump)
        #expect(abs(clock.now.timeIntervalSince(before)) < 1e-3)
        machine.pass(100)
        // Never backwards, and at most a twentieth off.
        #expect(abs(clock.now.timeIntervalSince(before) - 100) <= 5.001)
        for _ in 0..<(20 * 24 * 60 + 10) { machine.pass(60); _ = clock.now }
        #expect(abs(clock.now.timeIntervalSince1970 - machine.instants.wall) < 1e-3)
    }

    @Test func itNeverGoesBack() {
        let clock = clock()
        var last = clock.now
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1_000 {
            machine.pass(Double.random(in: 0...2, using: &generator))
            machine.jump(Double.random(in: -5_000...5_000, using: &generator))
            let now = clock.now
            #expect(now >= last)
            last = now
        }
    }

    @Test(arguments: [3_600.0, -3_600])
    func aJumpLosesNoLeaseAndExpiresNothing(_ jump: Double) async throws {
        let directory = try TemporaryDirectory()
        let reading = clock().reading
        let store = try SQLiteJobStore(path: directory.file("jobs.sqlite"), now: reading)
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .seconds(600))
        let done = try await store.start(.sample(retention: .seconds(600), key: key))
        try await store.succeed(done)
        let running = try await store.start()
        machine.jump(jump)
        machine.pass(20)
        #expect(try await store.reclaim() == RecoveryReport())
        #expect(try await store.expire() == ExpiryReport())
        #expect(try await store.earlierSubmission(key) != nil)
        machine.pass(12)
        #expect(try await store.reclaim().requeued == [running.id])
        machine.pass(650)
        #expect(try await store.expire().jobs == [done.id])
    }

    @Test func theSystemsClockIsRightAtFirst() {
        #expect(abs(SteadyClock().now.timeIntervalSinceNow) < 1)
    }
}
