import JobStore
import Synchronization

/// The jobs that were written or asked for last, in memory.
final class RecentJobs: Sendable {
    private struct State {
        var jobs: [String: Job] = [:]
        /// The ids in the order in which they came, from `first` on.
        var order: [String] = []
        var first = 0
        /// Counts the times that jobs went.
        var moment = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// Keeps up to `capacity` jobs; each takes 1 to 2 KiB.
    init(capacity: Int = 4_096) {
        self.capacity = capacity
    }

    /// The job, if it is kept.
    func job(_ id: String) -> Job? { state.withLock { $0.jobs[id] } }

    /// To be asked before a read whose answer is to be kept.
    var moment: Int { state.withLock { $0.moment } }

    /// Keeps a job, unless a newer state of it is kept.
    ///
    /// - Parameter moment: the ``moment`` before the job was read; what was forgotten since may have been this job.
    func keep(_ job: Job, readAt moment: Int? = nil) {
        state.withLock { state in
            if let moment, moment != state.moment { return }
            guard let known = state.jobs[job.id] else {
                state.jobs[job.id] = job
                state.order.append(job.id)
                return makeRoom(&state)
            }
            if known.revision < job.revision { state.jobs[job.id] = job }
        }
    }

    /// Forgets jobs that are gone, or have changed in ways that are not known here.
    func forget(_ ids: [String]) {
        guard !ids.isEmpty else { return }
        state.withLock { state in
            state.moment += 1
            for id in ids { state.jobs[id] = nil }
        }
    }

    private func makeRoom(_ state: inout State) {
        while state.order.count - state.first > capacity {
            state.jobs[state.order[state.first]] = nil
            state.first += 1
        }
        if state.first > capacity {
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }
}
