import AttentionClustering
import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import Logging
import Synchronization

/// Stores how jobs ended.
final class JobEnding: Sendable {
    /// The errors that say that a job is no longer this worker's to end.
    private static let lost: Set<JobStoreError.Code> = [.leaseLost, .unknownJob, .notPossible]

    private let store: any JobStore
    private let logger: Logger
    private let isStopping = Atomic(false)

    init(store: any JobStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Gives up what cannot be stored at once: the service stops, and the next start finds the job.
    func stopTrying() { isStopping.store(true, ordering: .relaxed) }

    /// Stores how a run ended.
    func store(_ outcome: Result<TrainedJob, any Error>, of job: Job, _ handle: RunningJob) async {
        do {
            let trained = try outcome.get()
            await end(job) { store in
                try await trained.save(as: job, startedAt: handle.startedAt, in: store) {
                    // A job that is to be handed back has its result: that is stored.
                    if handle.order == .cancel || handle.order == .abandon { throw CancellationError() }
                }
            } cancelled: {
                await self.giveUp(job, handle.order)
            }
        } catch is CancellationError {
            await giveUp(job, handle.order)
        } catch {
            await fail(job, error)
        }
    }

    /// Ends a job that stopped because it was told to.
    private func giveUp(_ job: Job, _ order: RunningJob.Order) async {
        switch order {
        case .release: await end(job) { try await $0.release(job.id, attempt: job.attempt) }
        case .abandon: logger.warning("job \(job.id) is no longer this worker's; its run was dropped")
        case .none: await end(job) { try await $0.confirmCancelled(job.id, attempt: job.attempt) }
        case .cancel:
            await end(job) { store in
                do {
                    return try await store.confirmCancelled(job.id, attempt: job.attempt)
                } catch let error as JobStoreError where error.code == .notPossible {
                    // The worker was told before the store, which had not been able to take it.
                    _ = try await store.requestCancel(job.id)
                    return try await store.confirmCancelled(job.id, attempt: job.attempt)
                }
            }
        }
    }

    /// Ends a job with an error.
    func fail(_ job: Job, _ error: any Error) async {
        logger.warning("job \(job.id) failed: \(error)")
        let text = Self.text(error)
        await end(job) { try await $0.fail(job.id, attempt: job.attempt, error: text) }
    }

    /// Does a write, again and again where the store cannot just now, so that no finished work is lost; a job whose
    /// end can never be stored fails.
    func end(
        _ job: Job, _ save: (any JobStore) async throws -> Job, cancelled: () async -> Void = {}
    ) async {
        var pause = Duration.milliseconds(200)
        while true {
            do {
                _ = try await save(store)
                return
            } catch is CancellationError {
                return await cancelled()
            } catch let error as JobStoreError where Self.lost.contains(error.code) {
                return logger.warning("job \(job.id) is no longer this worker's: \(error)")
            } catch let error as JobStoreError where error.isPassing {
                logger.error("cannot store how job \(job.id) ended; trying again: \(error)")
                if isStopping.load(ordering: .relaxed) { return }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            } catch {
                return await failForGood(job, error)
            }
        }
    }

    /// Fails a job whose result the store will never take.
    private func failForGood(_ job: Job, _ error: any Error) async {
        logger.error("the result of job \(job.id) cannot be stored: \(error)")
        let text = Self.text(error)
        do {
            _ = try await store.fail(job.id, attempt: job.attempt, error: text)
        } catch let error as JobStoreError where error.isPassing {
            await end(job) { try await $0.fail(job.id, attempt: job.attempt, error: text) }
        } catch {
            logger.error("job \(job.id) cannot be ended; it runs again when its lease has run out: \(error)")
        }
    }

    /// A failure as the problem object that clients read.
    private static func text(_ error: any Error) -> String {
        let problem: Problem =
            switch error {
            case let error as ClusteringError: ParameterFault.problem(error)
            case let problem as Problem: problem
            case let error as StorageError where error.code == ENOENT:
                Problem(
                    .gone, type: "/problems/dataset-gone", title: "The points are no longer stored",
                    detail: "upload the points again and start a new job")
            case is DamagedContent:
                Problem(
                    .internalServerError, type: "/problems/dataset-damaged", title: "The stored points are damaged",
                    detail: "the disk does not give back what was uploaded; upload the points again, under the same "
                        + "name, and start a new job")
            default:
                Problem(
                    .internalServerError, type: "/problems/internal", title: "The job failed inside the service",
                    detail: "try again; if it fails again, the service's log says why")
            }
        return String(decoding: problem.json(requestID: nil), as: UTF8.self)
    }
}
