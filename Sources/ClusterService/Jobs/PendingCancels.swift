import JobStore
import Logging
import Synchronization

/// Cancels that were admitted while the store could take nothing, such as on a full disk: each is recorded as soon as the
/// store can.
///
/// They are in memory only: one that the store has not taken when the process ends is lost, and its job runs again.
final class PendingCancels: Sendable {
    /// What became of a request to cancel.
    enum Answer {
        /// The store took it; nil when there is no such job.
        case taken(CancelOutcome?)
        /// The store cannot take it now, and will be asked again.
        case pending
    }

    /// How long after a refusal the store is asked again, at first and at most.
    private static let pause = (first: Duration.milliseconds(200), longest: Duration.seconds(5))

    private struct State {
        var jobs: Set<String> = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let request: @Sendable (String) async throws -> CancelOutcome?
    private let taken: @Sendable (String, CancelOutcome) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - request: asks the store to cancel a job.
    ///   - taken: is told what the store said when it took a cancel.
    init(
        logger: Logger, request: @escaping @Sendable (String) async throws -> CancelOutcome?,
        taken: @escaping @Sendable (String, CancelOutcome) -> Void
    ) {
        (self.logger, self.request, self.taken) = (logger, request, taken)
    }

    /// Asks the store to cancel a job, now or as soon as it can.
    ///
    /// - Throws: what asking again would not help against.
    func cancel(_ id: String) async throws -> Answer {
        do {
            return .taken(try await record(id))
        } catch let error as JobStoreError where error.isPassing {
            logger.error("cannot record the cancel of job \(id); trying again: \(error)")
            if state.withLock({ $0.jobs.insert(id).inserted }) { Task { await self.recordLater(id) } }
            return .pending
        }
    }

    /// Whether a cancel of the job has been admitted and is not recorded.
    func contains(_ id: String) -> Bool { state.withLock { !$0.jobs.isEmpty && $0.jobs.contains(id) } }

    /// Asks no more; says which cancels are lost.
    func stop() {
        let lost = state.withLock { state in
            state.isStopped = true
            return state.jobs.sorted()
        }
        if !lost.isEmpty {
            logger.error(
                "cancels that could not be recorded are lost; these jobs run again: \(lost.joined(separator: ", "))")
        }
    }

    private func recordLater(_ id: String) async {
        var pause = Self.pause.first
        while true {
            try? await Task.sleep(for: pause)
            // Nothing is written any more once the service has said that it stopped.
            if state.withLock({ $0.isStopped }) { return }
            pause = min(pause * 2, Self.pause.longest)
            do {
                _ = try await record(id)
                return
            } catch let error as JobStoreError where error.isPassing {
                continue
            } catch {
                logger.error("the cancel of job \(id) cannot be recorded: \(error)")
                return state.withLock { _ = $0.jobs.remove(id) }
            }
        }
    }

    private func record(_ id: String) async throws -> CancelOutcome? {
        let outcome = try await request(id)
        state.withLock { _ = $0.jobs.remove(id) }
        if let outcome { taken(id, outcome) }
        return outcome
    }
}
