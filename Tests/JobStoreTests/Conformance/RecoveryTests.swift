import Foundation
import JobStore
import Testing

/// What every driver does with jobs whose process is gone.
@Suite struct RecoveryTests {
    @Test(arguments: StoreDriver.allCases)
    func heldJobsAreQueuedAgainFailedOrCancelledAndOthersLeftAlone(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let succeeded = try await store.job(in: .succeeded)
        let running = try await store.start()
        let spent = try await store.start(.sample(maximumAttempts: 1))
        let cancelling = try await store.job(in: .cancelling)
        let queued = try await store.accept()
        for job in [running, spent, cancelling] {
            try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        }

        let report = try await store.recover()
        #expect(
            report
                == RecoveryReport(
                    requeued: [running.id], failed: [spent.id], cancelled: [cancelling.id], droppedChunks: 3))
        #expect(try await store.job(succeeded.id) == succeeded)
        #expect(try await store.job(queued.id) == queued)
        let failed = try #require(try await store.job(spent.id))
        #expect(failed.state == .failed)
        #expect(failed.error?.contains("its only attempt") == true)
        let requeued = try #require(try await store.job(running.id))
        #expect(requeued.state == .queued)
        #expect(requeued.attempt == 1)
        #expect(requeued.revision == running.revision + 1)
        #expect(requeued.startedAt == nil)
        #expect(try await store.job(cancelling.id)?.state == .cancelled)
    }

    @Test(arguments: StoreDriver.allCases)
    func recoveringTwiceChangesNothingMore(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        _ = try await store.start()
        _ = try await store.recover()
        #expect(try await store.recover() == RecoveryReport())
    }

    @Test(arguments: StoreDriver.allCases)
    func aJobThatKillsItsProcessEveryTimeEndsAsFailed(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.accept(.sample(maximumAttempts: 3))
        for _ in 0..<2 {
            _ = try await store.claimNext(worker: "w")
            #expect(try await store.recover().requeued == [job.id])
        }
        _ = try await store.claimNext(worker: "w")
        #expect(try await store.recover().failed == [job.id])
        #expect(try await store.claimNext(worker: "w") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func recoveryKeepsTheResultsOfSucceededJobs(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([5]))
        try await store.succeed(job)
        #expect(try await store.recover().droppedChunks == 0)
        #expect(try await store.resultChunk(job.id, index: 0) == Data([5]))
    }
}
