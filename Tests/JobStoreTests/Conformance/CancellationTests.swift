import Foundation
import JobStore
import Testing

/// What every driver does when somebody asks for a job to stop, and how jobs end without a result.
@Suite struct CancellationTests {
    @Test(arguments: StoreDriver.allCases)
    func cancellingAQueuedJobIsImmediate(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let job = try await fixture.store.accept(.sample(retention: .seconds(60)))
        fixture.clock.advance(seconds: 1)
        guard case .cancelled(let cancelled) = try await fixture.store.requestCancel(job.id) else {
            throw UnexpectedOutcome()
        }
        #expect(cancelled.state == .cancelled)
        #expect(cancelled.finishedAt == fixture.clock.now)
        #expect(cancelled.expiresAt == fixture.clock.now + 60)
        #expect(cancelled.startedAt == nil)
        #expect(cancelled.revision == 2)
        #expect(try await fixture.store.job(job.id) == cancelled)
        #expect(try await fixture.store.claimNext(worker: "w") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func cancellingARunningJobWaitsForItsWorker(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        guard case .cancelling(let cancelling) = try await store.requestCancel(job.id) else {
            throw UnexpectedOutcome()
        }
        #expect(cancelling.state == .cancelling)
        #expect(cancelling.finishedAt == nil)
        #expect(cancelling.revision == job.revision + 1)
        let cancelled = try await store.confirmCancelled(job.id, attempt: 1)
        #expect(cancelled.state == .cancelled)
        #expect(cancelled.finishedAt != nil)
        #expect(cancelled.worker == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func askingAgainChangesNothing(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .cancelling)
        #expect(try await store.requestCancel(job.id) == .cancelling(job))
        #expect(try await store.job(job.id) == job)
    }

    @Test(arguments: StoreDriver.allCases, JobState.allCases.filter(\.isTerminal))
    func anEndedJobCannotBeCancelled(_ driver: StoreDriver, _ state: JobState) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: state)
        #expect(try await store.requestCancel(job.id) == .alreadyFinished(job))
        #expect(try await store.job(job.id) == job)
    }

    @Test(arguments: StoreDriver.allCases)
    func anUnknownJobCannotBeCancelled(_ driver: StoreDriver) async throws {
        #expect(try await driver.open().store.requestCancel("job_nobody") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aCancelThatComesTooLateLosesTheRace(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .cancelling)
        let succeeded = try await store.succeed(job)
        #expect(succeeded.state == .succeeded)
        #expect(try await store.summary(job.id) != nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aJobThatFailsWhileItIsBeingCancelledFailed(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .cancelling)
        #expect(try await store.fail(job.id, attempt: job.attempt, error: "{}").state == .failed)
    }

    @Test(arguments: StoreDriver.allCases, [HeldWrite.release, .workerLost])
    func aCancellingJobThatLosesItsWorkerIsCancelled(_ driver: StoreDriver, _ write: HeldWrite) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .cancelling)
        try await write.perform(on: store, job.id, attempt: job.attempt)
        #expect(try await store.job(job.id)?.state == .cancelled)
    }

    @Test(arguments: StoreDriver.allCases)
    func aWorkerCannotConfirmWhatNobodyAskedFor(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        await expectError(.notPossible) { _ = try await store.confirmCancelled(job.id, attempt: 1) }
        #expect(try await store.job(job.id) == job)
    }

    @Test(arguments: StoreDriver.allCases)
    func aFailedJobKeepsItsError(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let job = try await fixture.store.start(.sample(retention: .zero))
        fixture.clock.advance(seconds: 3)
        let failed = try await fixture.store.fail(job.id, attempt: 1, error: #"{"title":"k > n"}"#)
        #expect(failed.state == .failed)
        #expect(failed.error == #"{"title":"k > n"}"#)
        #expect(failed.model == nil)
        #expect(failed.startedAt == job.startedAt)
        #expect(failed.finishedAt == fixture.clock.now)
        #expect(failed.expiresAt == fixture.clock.now)
        #expect(try await fixture.store.job(job.id) == failed)
    }

    @Test(arguments: StoreDriver.allCases)
    func countsNameEveryStateThatOccurs(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        #expect(try await store.counts().isEmpty)
        for state in [JobState.running, .cancelling, .succeeded, .failed, .cancelled, .queued] {
            _ = try await store.job(in: state)
        }
        try await store.accept()
        #expect(
            try await store.counts() == [
                .queued: 2, .running: 1, .cancelling: 1, .succeeded: 1, .failed: 1, .cancelled: 1,
            ])
    }
}
