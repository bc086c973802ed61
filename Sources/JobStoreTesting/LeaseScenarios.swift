import Foundation
import JobStore

/// What every driver does with leases, pauses and progress.
enum LeaseScenarios {
    /// All of them.
    static let all: [JobStoreScenario] = [
        JobStoreScenario("aClaimHoldsTheJobForItsLease", aClaimHoldsTheJobForItsLease),
        JobStoreScenario("aRenewedLeaseIsNotTakenBack", aRenewedLeaseIsNotTakenBack),
        JobStoreScenario("renewingTellsOfCancelsAndLosses", renewingTellsOfCancelsAndLosses),
        JobStoreScenario("theRequestToStopKeepsItsTime", theRequestToStopKeepsItsTime),
        JobStoreScenario("pausesBetweenAttemptsGrow", pausesBetweenAttemptsGrow),
        JobStoreScenario("aPausingJobDoesNotHoldUpOthers", aPausingJobDoesNotHoldUpOthers),
        JobStoreScenario("aReleasedJobHasNoPause", aReleasedJobHasNoPause),
        JobStoreScenario("recoveryShortensAPauseThatAClockMadeLong", recoveryShortensAPauseThatAClockMadeLong),
        JobStoreScenario("progressForgivesTheAttemptsBefore", progressForgivesTheAttemptsBefore),
    ]

    static func aClaimHoldsTheJobForItsLease(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let accepted = try await store.accept()
        let job = try require(try await store.claimNext(worker: "w", lease: .seconds(30), room: .unlimited))
        try expect(job.leaseExpiresAt == fixture.clock.now + 30)
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        fixture.clock.advance(seconds: 29.999)
        try expect(try await store.reclaim() == RecoveryReport())
        fixture.clock.advance(seconds: 0.001)
        try expect(try await store.reclaim() == RecoveryReport(requeued: [accepted.id], droppedChunks: 1))
        let queued = try require(try await store.job(job.id))
        try expect(queued.state == .queued)
        try expect(queued.leaseExpiresAt == nil)
        try expect(queued.losses == 1)
    }

    static func aRenewedLeaseIsNotTakenBack(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start()
        for _ in 0..<5 {
            fixture.clock.advance(seconds: 25)
            let held = HeldAttempt(job: job.id, attempt: 1)
            try expect(try await store.renew([held], lease: .seconds(30)) == [job.id: .running])
            try expect(try await store.reclaim() == RecoveryReport())
        }
        // What clients see of the job has not changed.
        try expect(try await store.job(job.id)?.revision == job.revision)
    }

    static func renewingTellsOfCancelsAndLosses(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let cancelled = try await store.start()
        _ = try await store.requestCancel(cancelled.id)
        let lost = try await store.start()
        _ = try await store.workerLost(lost.id, attempt: 1)
        let done = try await store.job(in: .succeeded)
        let held = [cancelled, lost, done].map { HeldAttempt(job: $0.id, attempt: 1) }
        let stale = HeldAttempt(job: cancelled.id, attempt: 7)
        let nobody = HeldAttempt(job: "job_nobody", attempt: 1)
        try expect(try await store.renew(held + [nobody], lease: .seconds(30)) == [cancelled.id: .cancelling])
        try expect(try await store.renew([stale], lease: .seconds(30)) == [:])
        try expect(try await store.job(lost.id)?.leaseExpiresAt == nil)
    }

    static func theRequestToStopKeepsItsTime(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start()
        fixture.clock.advance(seconds: 5)
        let asked = fixture.clock.now
        _ = try await store.requestCancel(job.id)
        fixture.clock.advance(seconds: 5)
        _ = try await store.requestCancel(job.id)
        try expect(try await store.confirmCancelled(job.id, attempt: 1).cancelRequestedAt == asked)
    }

    static func pausesBetweenAttemptsGrow(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.accept(.sample(maximumAttempts: 20))
        for (index, pause) in [1.0, 2, 4, 8, 16, 32, 60, 60].enumerated() {
            _ = try require(try await store.claimNext(worker: "w"))
            let lost = try await store.workerLost(job.id, attempt: index + 1)
            try expect(lost.availableAt == fixture.clock.now + pause)
            fixture.clock.advance(seconds: pause - 0.001)
            try expect(try await store.claimNext(worker: "w") == nil)
            fixture.clock.advance(seconds: 0.001)
        }
        try expect(try await store.claimNext(worker: "w")?.availableAt == nil)
    }

    static func aPausingJobDoesNotHoldUpOthers(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let lost = try await store.start()
        _ = try await store.workerLost(lost.id, attempt: 1)
        let other = try await store.accept()
        try expect(try await store.claimNext(worker: "w")?.id == other.id)
        try expect(try await store.claimNext(worker: "w") == nil)
    }

    static func aReleasedJobHasNoPause(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try expect(try await store.release(job.id, attempt: 1).availableAt == nil)
        try expect(try await store.claimNext(worker: "w")?.id == job.id)
    }

    static func recoveryShortensAPauseThatAClockMadeLong(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start()
        _ = try await store.workerLost(job.id, attempt: 1)
        fixture.clock.advance(seconds: -3_600)
        _ = try await store.recover()
        fixture.clock.advance(seconds: 60)
        try expect(try await store.claimNext(worker: "w")?.id == job.id)
    }

    static func progressForgivesTheAttemptsBefore(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.accept(.sample(maximumAttempts: 2))
        for attempt in 1...6 {
            let claimed = try require(try await store.claimNext(worker: "w"))
            try await store.appendResultChunk(job.id, attempt: attempt, index: 0, data: Data([1]))
            let further = try await store.progressed(job.id, attempt: attempt)
            try expect(further.state == .running)
            try expect(further.losses == 0)
            try expect(attempt == 1 ? further == claimed : further.revision == claimed.revision + 1)
            try expect(try await store.progressed(job.id, attempt: attempt) == further)
            try expect(try await store.workerLost(job.id, attempt: attempt).state == .queued)
            fixture.clock.advance(seconds: 60)
        }
        _ = try require(try await store.claimNext(worker: "w"))
        try expect(try await store.workerLost(job.id, attempt: 7).state == .failed)
    }
}
