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
        /// Whether the last of them still runs.
        var isRunning = false
        /// Whether more are being claimed.
        var isRefilling = false
        /// Whether somebody looks how long jobs run.
        var isWatched = false
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
            state.isRunning = !state.jobs.isEmpty
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

    /// Whether nobody looks how long jobs run; the caller does from now on.
    func beginWatch() -> Bool {
        state.withLock { state in
            defer { state.isWatched = true }
            return !state.isWatched
        }
    }

    /// The number of the job that runs; nil, and the watch is over, when that is still run number `last`.
    func watched(after last: Int) -> Int? {
        state.withLock { state in
            if state.run != last { return state.run }
            state.isWatched = false
            return nil
        }
    }

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
            if let run, run != state.run || !state.isRunning { return [] }
            state.isClosed = true
            defer { state.jobs = [] }
            return state.jobs
        }
    }
}
