import JobStore
import Synchronization

/// The jobs that this process holds, and what those are told that are on their way between queue and thread.
final class HeldJobs: Sendable {
    private struct State {
        var jobs: [String: (attempt: Int, handle: RunningJob, saved: JobCheckpoints?)] = [:]
        /// Cancels of jobs that are held but not here yet.
        var early: [String: ContinuousClock.Instant] = [:]
    }

    private static let rememberedFor = Duration.seconds(60)

    private let state = Mutex(State())

    /// A job that was claimed begins; a cancel that was faster is delivered.
    ///
    /// - Parameter saved: where the job saves how far it is.
    func add(_ job: Job, _ handle: RunningJob, _ saved: JobCheckpoints? = nil) {
        let isCancelled = state.withLock { state in
            state.jobs[job.id] = (job.attempt, handle, saved)
            return state.early.removeValue(forKey: job.id) != nil
        }
        if isCancelled { handle.give(.cancel) }
    }

    /// A job is over.
    func remove(_ job: Job) { state.withLock { $0.jobs[job.id] = nil } }

    /// Tells a job that the store says is held to stop.
    func cancel(_ id: String) {
        let handle = state.withLock { state -> RunningJob? in
            if let held = state.jobs[id] { return held.handle }
            let now = ContinuousClock.now
            // Those of jobs that were over already are never called for.
            state.early = state.early.filter { now - $0.value < Self.rememberedFor }
            state.early[id] = now
            return nil
        }
        handle?.give(.cancel)
    }

    /// Has all save how far they are, and releases each when it has.
    func saveAndRelease() {
        for held in state.withLock({ Array($0.jobs.values) }) {
            if let saved = held.saved {
                saved.saveSoon { held.handle.give(.release) }
            } else {
                held.handle.give(.release)
            }
        }
    }

    /// Gives all an order.
    func giveAll(_ order: RunningJob.Order) {
        state.withLock { state in state.jobs.values.forEach { $0.handle.give(order) } }
    }

    /// The attempts whose leases are to be renewed.
    var attempts: [HeldAttempt] {
        state.withLock { state in state.jobs.map { HeldAttempt(job: $0.key, attempt: $0.value.attempt) } }
    }

    /// Takes in what the store said of these attempts.
    func update(_ asked: [HeldAttempt], _ states: [String: JobState]) {
        state.withLock { state in
            for one in asked {
                guard let held = state.jobs[one.job], held.attempt == one.attempt else { continue }
                switch states[one.job] {
                case nil: held.handle.give(.abandon)
                case .cancelling: held.handle.give(.cancel)
                default: break
                }
            }
        }
    }
}
