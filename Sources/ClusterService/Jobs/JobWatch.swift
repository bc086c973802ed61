import Synchronization

/// Lets requests wait for a job to change, without a thread each.
final class JobWatch: Sendable {
    private struct State {
        var nextWaiter: UInt64 = 0
        var waiters: [String: [UInt64: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    /// The changes of a job from now on; several that come before the next look count as one.
    ///
    /// Ask for them before reading the job, and none is missed.
    func changes(of job: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            state.waiters[job, default: [:]][state.nextWaiter] = continuation
            return state.nextWaiter
        }
        continuation.onTermination = { [weak self] _ in self?.forget(job, waiter) }
        return stream
    }

    /// Wakes everybody who waits for this job.
    func notify(_ job: String) {
        let waiters = state.withLock { Array(($0.waiters[job] ?? [:]).values) }
        for waiter in waiters { waiter.yield() }
    }

    /// Wakes everybody.
    func notifyAll() {
        let waiters = state.withLock { $0.waiters.values.flatMap(\.values) }
        for waiter in waiters { waiter.yield() }
    }

    private func forget(_ job: String, _ waiter: UInt64) {
        state.withLock { state in
            state.waiters[job]?[waiter] = nil
            if state.waiters[job]?.isEmpty == true { state.waiters[job] = nil }
        }
    }
}

/// Returns when `changes` brings one, when `timeout` is over, or when the task is cancelled.
///
/// - Returns: false when the time was over or the task cancelled.
func waitForChange(_ changes: AsyncStream<Void>, timeout: Duration) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            for await _ in changes { return true }
            return false
        }
        group.addTask {
            try? await Task.sleep(for: timeout)
            return false
        }
        let changed = await group.next() ?? false
        group.cancelAll()
        return changed
    }
}
