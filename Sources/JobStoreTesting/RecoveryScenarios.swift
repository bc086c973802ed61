import Foundation
import JobStore

/// What every driver does with jobs whose process is gone.
enum RecoveryScenarios {
    /// All of them.
    static let all: [JobStoreScenario] = [
        JobStoreScenario(
            "heldJobsAreQueuedAgainFailedOrCancelledAndOthersLeftAlone",
            heldJobsAreQueuedAgainFailedOrCancelledAndOthersLeftAlone),
        JobStoreScenario("recoveringTwiceChangesNothingMore", recoveringTwiceChangesNothingMore),
        JobStoreScenario("aJobThatKillsItsProcessEveryTimeEndsAsFailed", aJobThatKillsItsProcessEveryTimeEndsAsFailed),
        JobStoreScenario("recoveryKeepsTheResultsOfSucceededJobs", recoveryKeepsTheResultsOfSucceededJobs),
    ]

    static func heldJobsAreQueuedAgainFailedOrCancelledAndOthersLeftAlone(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let succeeded = try await store.job(in: .succeeded)
        let running = try await store.start()
        let spent = try await store.start(.sample(maximumAttempts: 1))
        let cancelling = try await store.job(in: .cancelling)
        let queued = try await store.accept()
        for job in [running, spent, cancelling] {
            try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        }

        let report = try await store.recover()
        try expect(
            report
                == RecoveryReport(
                    requeued: [running.id], failed: [spent.id], cancelled: [cancelling.id], droppedChunks: 3))
        try expect(try await store.job(succeeded.id) == succeeded)
        try expect(try await store.job(queued.id) == queued)
        let failed = try require(try await store.job(spent.id))
        try expect(failed.state == .failed)
        try expect(failed.error?.contains("its only attempt") == true)
        let requeued = try require(try await store.job(running.id))
        try expect(requeued.state == .queued)
        try expect(requeued.attempt == 1)
        try expect(requeued.revision == running.revision + 1)
        try expect(requeued.startedAt == nil)
        try expect(try await store.job(cancelling.id)?.state == .cancelled)
    }

    static func recoveringTwiceChangesNothingMore(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        _ = try await store.start()
        _ = try await store.recover()
        try expect(try await store.recover() == RecoveryReport())
    }

    static func aJobThatKillsItsProcessEveryTimeEndsAsFailed(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.accept(.sample(maximumAttempts: 3))
        for _ in 0..<2 {
            _ = try await store.claimNext(worker: "w")
            try expect(try await store.recover().requeued == [job.id])
            fixture.clock.advance(seconds: 60)
        }
        _ = try await store.claimNext(worker: "w")
        try expect(try await store.recover().failed == [job.id])
        try expect(try await store.claimNext(worker: "w") == nil)
    }

    static func recoveryKeepsTheResultsOfSucceededJobs(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([5]))
        try await store.succeed(job)
        try expect(try await store.recover().droppedChunks == 0)
        try expect(try await store.resultChunk(job.id, index: 0) == Data([5]))
    }
}
