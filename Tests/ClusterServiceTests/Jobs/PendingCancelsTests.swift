import Foundation
import JobStore
import Logging
import Synchronization
import Testing

@testable import ClusterService

/// A cancel is admitted also while the store can take nothing.
@Suite struct PendingCancelsTests {
    private static func job(_ state: JobState) -> Job {
        Job(id: "job_1", state: state, createdAt: Date(), dataset: nil, datasetVersion: "v", parameters: "{}")
    }

    /// Cancels asked of a store that refuses the first of them so many times.
    private func cancels(
        refusing times: Int, with code: JobStoreError.Code = .full, taken: @escaping @Sendable (CancelOutcome) -> Void
    ) -> PendingCancels {
        let refusals = Mutex(times)
        return PendingCancels(logger: .silent) { _ in
            let isRefused = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if isRefused { throw JobStoreError(code: code, message: "not now") }
            return .cancelled(Self.job(.cancelled))
        } taken: { _, outcome in
            taken(outcome)
        }
    }

    @Test func aStoreThatCanTakesItAtOnce() async throws {
        let taken = Mutex(0)
        let cancels = cancels(refusing: 0) { _ in taken.withLock { $0 += 1 } }
        guard case .taken(.cancelled) = try await cancels.cancel("job_1") else {
            Issue.record("the cancel was not taken")
            return
        }
        #expect(taken.withLock { $0 } == 1 && !cancels.contains("job_1"))
    }

    @Test(arguments: [JobStoreError.Code.full, .locked, .unwritable])
    func aStoreThatCannotIsAskedAgainUntilItCan(code: JobStoreError.Code) async throws {
        let (outcomes, taken) = AsyncStream.makeStream(of: CancelOutcome.self)
        let cancels = cancels(refusing: 2, with: code) { taken.yield($0) }
        guard case .pending = try await cancels.cancel("job_1") else {
            Issue.record("the cancel was taken by a store that could not")
            return
        }
        #expect(cancels.contains("job_1") && !cancels.contains("job_2"))
        for await outcome in outcomes {
            #expect(outcome.job.state == .cancelled)
            break
        }
        #expect(!cancels.contains("job_1"))
    }

    @Test func whatAskingAgainCannotMendIsAnError() async throws {
        let cancels = cancels(refusing: 1, with: .corrupt) { _ in }
        await #expect(throws: JobStoreError.self) { _ = try await cancels.cancel("job_1") }
        #expect(!cancels.contains("job_1"))
    }

    @Test func aPendingCancelShowsInTheJobUntilThatHasEnded() {
        let states = JobState.allCases.map { state in
            let view = JobView(job: Self.job(state), progress: nil, isCancelPending: true)
            #expect((view.json["state"] == .string(state.rawValue)) == (view.entityTag.hasSuffix(".0")))
            return view.json["state"]
        }
        let shown = JobState.allCases.map { JSONValue.string(($0.isTerminal ? $0 : .cancelling).rawValue) }
        #expect(states == shown)
    }

    @Test func aWorkerThatIsToldBeforeTheStoreEndsItsJobAsCancelled() async throws {
        let store = InMemoryJobStore()
        let ending = JobEnding(store: store, logger: .silent)
        _ = try await store.submit(NewJob(datasetVersion: "v", parameters: "{}"))
        let job = try #require(try await store.claimNext(worker: "w"))
        let handle = RunningJob(timeBudgetSeconds: nil)
        handle.give(.cancel)
        await ending.store(.failure(CancellationError()), of: job, handle)
        #expect(try await store.job(job.id)?.state == .cancelled)
    }
}
