import JobStore
import Synchronization

/// Jobs that a worker has claimed while another runs, so that its thread need not wait for the store between two short
/// ones.
///
/// When the job that runs turns out to be long, they are taken away to be handed back: others could run them.
final class ClaimedJobs: Sendable {
    private struct State {
        var jobs: [Job] = []
        /// Counts the jobs that were begun.
        var run = 0
        /// Whether more are being claimed.
        var isRefilling = false
        /// Whether the job that runs is too long for others to wait for it.
        var isClosed = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.jobs.count } }

    /// The next job, which runs from now on; nil when there is none.
    ///
    /// - Returns: the job and the number of its run.
    func begin() -> (job: Job, run: Int)? {
        state.withLock { state in
            state.isClosed = false
            guard !state.jobs.isEmpty else { return nil }
            state.run += 1
            return (state.jobs.removeFirst(), state.run)
        }
    }

    /// Whether nobody claims more jobs yet; the caller does from now on.
    func beginRefill() -> Bool {
        state.withLock { state in
            defer { state.isRefilling = true }
            return !state.isRefilling
        }
    }

    /// More jobs have been claimed, or there were none.
    func endRefill() { state.withLock { $0.isRefilling = false } }

    /// Adds jobs that were claimed.
    ///
    /// - Returns: those that must be handed back, because the job that runs is long.
    func add(_ jobs: [Job]) -> [Job] {
        state.withLock { state in
            if state.isClosed { return jobs }
            state.jobs += jobs
            return []
        }
    }

    /// Takes away all that wait, and lets none in, while run number `run` goes on; nothing when it is over.
    func close(during run: Int? = nil) -> [Job] {
        state.withLock { state in
            if let run, run != state.run { return [] }
            state.isClosed = true
            defer { state.jobs = [] }
            return state.jobs
        }
    }
}
