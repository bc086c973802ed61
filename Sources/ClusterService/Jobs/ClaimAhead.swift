import JobStore
import Synchronization

/// A job that is claimed while the one before still runs, so that the thread need not wait for the store between two
/// short jobs.
///
/// Whoever takes it first has it: the worker when its thread is free, or the alarm that hands it back when the job before
/// turns out to be long, so that it does not wait behind it while others could run it.
final class ClaimAhead: Sendable {
    private let isTaken = Atomic(false)
    private let claim: Task<Job?, any Error>

    init(_ claim: @escaping @Sendable () async throws -> Job?) {
        self.claim = Task { try await claim() }
    }

    /// The job for the worker that waited for it; nil when there was none, or somebody else has taken it.
    func take() async throws -> Job? {
        guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else { return nil }
        return try await claim.value
    }
}
