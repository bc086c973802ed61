import Synchronization

/// Wakes one waiting worker a ring; rings that find nobody waiting are kept for the next, up to a number.
///
/// A worker looks at the queue until it is empty before it waits: more rings than workers would only make it look at an
/// empty one.
final class Bell: Sendable {
    private struct State {
        var rings = 0
        var nextWaiter: UInt64 = 0
        var waiters: [(number: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let limit: Int

    /// A bell that keeps up to `limit` rings.
    init(limit: Int = 16) {
        self.limit = limit
    }

    /// Wakes a waiter.
    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.rings = min(state.rings + 1, limit)
            return nil
        }
        waiter?.resume()
    }

    /// Waits for a ring, at most `timeout`.
    func wait(timeout: Duration) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = Task { [weak self] in
            try? await Task.sleep(for: timeout)
            self?.giveUp(number)
        }
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                guard state.rings == 0 else {
                    state.rings -= 1
                    return true
                }
                state.waiters.append((number, continuation))
                return false
            }
            if isRung { continuation.resume() }
        }
        alarm.cancel()
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
        waiter?.resume()
    }
}
