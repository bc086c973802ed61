import Foundation
import JobStore

/// What every driver does when somebody asks for a job to stop, and how jobs end without a result.
enum CancellationScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        [
            JobStoreScenario("cancellingAQueuedJobIsImmediate", cancellingAQueuedJobIsImmediate),
            JobStoreScenario("cancellingARunningJobWaitsForItsWorker", cancellingARunningJobWaitsForItsWorker),
            JobStoreScenario("askingAgainChangesNothing", askingAgainChangesNothing),
            JobStoreScenario("anUnknownJobCannotBeCancelled", anUnknownJobCannotBeCancelled),
            JobStoreScenario("aCancelThatComesTooLateLosesTheRace", aCancelThatComesTooLateLosesTheRace),
            JobStoreScenario("aJobThatFailsWhileItIsBeingCancelledFailed", aJobThatFailsWhileItIsBeingCancelledFailed),
            JobStoreScenario("aWorkerCannotConfirmWhatNobodyAskedFor", aWorkerCannotConfirmWhatNobodyAskedFor),
            JobStoreScenario("aFailedJobKeepsItsError", aFailedJobKeepsItsError),
            JobStoreScenario("countsNameEveryStateThatOccurs", countsNameEveryStateThatOccurs),
            JobStoreScenario("theOldestWaitingJobIsTheFirstSubmitted", theOldestWaitingJobIsTheFirstSubmitted),
        ]
        + JobState.allCases.filter(\.isTerminal).map { value in
            JobStoreScenario("anEndedJobCannotBeCancelled(\(value))") {
                try await anEndedJobCannotBeCancelled($0, value)
            }
        }
        + [HeldWrite.release, .workerLost].map { value in
            JobStoreScenario("aCancellingJobThatLosesItsWorkerIsCancelled(\(value))") {
                try await aCancellingJobThatLosesItsWorkerIsCancelled($0, value)
            }
        }

    static func cancellingAQueuedJobIsImmediate(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let job = try await fixture.store.accept(.sample(retention: .seconds(60)))
        fixture.clock.advance(seconds: 1)
        guard case .cancelled(let cancelled) = try await fixture.store.requestCancel(job.id) else {
            throw UnexpectedOutcome()
        }
        try expect(cancelled.state == .cancelled)
        try expect(cancelled.finishedAt == fixture.clock.now)
        try expect(cancelled.expiresAt == fixture.clock.now + 60)
        try expect(cancelled.startedAt == nil)
        try expect(cancelled.revision == 2)
        try expect(try await fixture.store.job(job.id) == cancelled)
        try expect(try await fixture.store.claimNext(worker: "w") == nil)
    }

    static func cancellingARunningJobWaitsForItsWorker(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        guard case .cancelling(let cancelling) = try await store.requestCancel(job.id) else {
            throw UnexpectedOutcome()
        }
        try expect(cancelling.state == .cancelling)
        try expect(cancelling.finishedAt == nil)
        try expect(cancelling.revision == job.revision + 1)
        let cancelled = try await store.confirmCancelled(job.id, attempt: 1)
        try expect(cancelled.state == .cancelled)
        try expect(cancelled.finishedAt != nil)
        try expect(cancelled.worker == nil)
    }

    static func askingAgainChangesNothing(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .cancelling)
        try expect(try await store.requestCancel(job.id) == .cancelling(job))
        try expect(try await store.job(job.id) == job)
    }

    static func anEndedJobCannotBeCancelled(_ driver: StoreUnderTest, _ state: JobState) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: state)
        try expect(try await store.requestCancel(job.id) == .alreadyFinished(job))
        try expect(try await store.job(job.id) == job)
    }

    static func anUnknownJobCannotBeCancelled(_ driver: StoreUnderTest) async throws {
        try expect(try await driver.open().store.requestCancel("job_nobody") == nil)
    }

    static func aCancelThatComesTooLateLosesTheRace(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .cancelling)
        let succeeded = try await store.succeed(job)
        try expect(succeeded.state == .succeeded)
        try expect(try await store.summary(job.id) != nil)
    }

    static func aJobThatFailsWhileItIsBeingCancelledFailed(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .cancelling)
        try expect(try await store.fail(job.id, attempt: job.attempt, error: "{}").state == .failed)
    }

    static func aCancellingJobThatLosesItsWorkerIsCancelled(_ driver: StoreUnderTest, _ write: HeldWrite) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .cancelling)
        try await write.perform(on: store, job.id, attempt: job.attempt)
        try expect(try await store.job(job.id)?.state == .cancelled)
    }

    static func aWorkerCannotConfirmWhatNobodyAskedFor(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try await expectError(.notPossible) { _ = try await store.confirmCancelled(job.id, attempt: 1) }
        try expect(try await store.job(job.id) == job)
    }

    static func aFailedJobKeepsItsError(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let job = try await fixture.store.start(.sample(retention: .zero))
        fixture.clock.advance(seconds: 3)
        let failed = try await fixture.store.fail(job.id, attempt: 1, error: #"{"title":"k > n"}"#)
        try expect(failed.state == .failed)
        try expect(failed.error == #"{"title":"k > n"}"#)
        try expect(failed.model == nil)
        try expect(failed.startedAt == job.startedAt)
        try expect(failed.finishedAt == fixture.clock.now)
        try expect(failed.expiresAt == fixture.clock.now)
        try expect(try await fixture.store.job(job.id) == failed)
    }

    static func countsNameEveryStateThatOccurs(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        try expect(try await store.counts().isEmpty)
        for state in [JobState.running, .cancelling, .succeeded, .failed, .cancelled, .queued] {
            _ = try await store.job(in: state)
        }
        try await store.accept()
        try expect(
            try await store.counts() == [
                .queued: 2, .running: 1, .cancelling: 1, .succeeded: 1, .failed: 1, .cancelled: 1,
            ])
    }

    static func theOldestWaitingJobIsTheFirstSubmitted(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        try expect(try await store.oldestQueued() == nil)
        let first = try await store.accept()
        fixture.clock.advance(seconds: 60)
        var urgent = NewJob.sample()
        urgent.priority = 5
        let second = try await store.accept(urgent)
        try expect(try await store.oldestQueued() == first.createdAt)
        _ = try await store.requestCancel(first.id)
        try expect(try await store.oldestQueued() == second.createdAt)
        _ = try await store.claimNext(worker: "w")
        try expect(try await store.oldestQueued() == nil)
    }
}
