/// The watchers of a loop, by token; a token outlives its watcher harmlessly.
struct WatcherTable {
    private struct Slot {
        var generation: UInt32
        var watcher: (any Watcher)?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []

    /// Adds a watcher, in amortised O(1).
    mutating func insert(_ watcher: any Watcher) -> WatcherToken {
        if let index = free.popLast() {
            slots[index].watcher = watcher
            return WatcherToken(index: index, generation: slots[index].generation)
        }
        slots.append(Slot(generation: 1, watcher: watcher))
        return WatcherToken(index: slots.count - 1, generation: 1)
    }

    /// Removes a watcher and makes its token worthless, in O(1).
    mutating func remove(_ token: WatcherToken) {
        guard self[token] != nil else { return }
        slots[token.index].watcher = nil
        slots[token.index].generation &+= 1
        free.append(token.index)
    }

    /// The watcher of a token, or nil when it is gone.
    subscript(token: WatcherToken) -> (any Watcher)? {
        guard slots.indices.contains(token.index), slots[token.index].generation == token.generation else { return nil }
        return slots[token.index].watcher
    }

    /// All watchers.
    var all: [any Watcher] { slots.compactMap(\.watcher) }
}
