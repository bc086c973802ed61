import Synchronization

/// What other threads, and the loop itself, want done in turns of a loop: jobs of tasks and closures, in order.
final class WorkQueue: Sendable {
    enum Item: Sendable {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }

    private struct State {
        var items: [Item] = []
        /// Whether a turn is running or on its way, so that new items need no other.
        var isTurnComing = false
    }

    private let state = Mutex(State())

    /// Adds an item.
    ///
    /// - Returns: Whether the caller must see to it that a turn runs.
    func add(_ item: Item) -> Bool {
        state.withLock { state in
            state.items.append(item)
            defer { state.isTurnComing = true }
            return !state.isTurnComing
        }
    }

    /// Notes that a turn has begun.
    func beginTurn() {
        state.withLock { $0.isTurnComing = true }
    }

    /// Takes all items; `spare` becomes the room for new ones.
    func take(_ spare: inout [Item]) {
        state.withLock { swap(&$0.items, &spare) }
    }

    /// Ends the turn if nothing was added meanwhile.
    func endTurn() -> Bool {
        state.withLock { state in
            guard state.items.isEmpty else { return false }
            state.isTurnComing = false
            return true
        }
    }
}
