import Synchronization

/// Lets a fixed number of tasks through at a time, in order of arrival, without a thread for those that wait.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let places: Int

    /// Lets `places` tasks through at a time.
    init(places: Int) {
        self.places = places
        state = Mutex(State(free: places))
    }

    /// Takes a place, as soon as there is one.
    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives a place back.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }

    /// Waits until nobody is inside, and lets nobody in afterwards.
    func close() async {
        for _ in 0..<places { await enter() }
    }
}
