import Synchronization

/// How many bytes the stored point sets take, and how many they may.
final class StorageQuota: Sendable {
    private struct State {
        var limit: Int
        var used: Int
    }

    private let state: Mutex<State>
    private let parent: StorageQuota?

    /// - Parameter parent: what every byte is taken from as well.
    init(limit: Int, used: Int = 0, parent: StorageQuota? = nil) {
        self.parent = parent
        state = Mutex(State(limit: limit, used: used))
    }

    /// Allows another number of bytes from now on; what is taken stays.
    func use(limit: Int) { state.withLock { $0.limit = limit } }

    /// Takes room.
    ///
    /// - Throws: ``StorageQuotaExceeded`` when there is not so much left.
    func take(_ bytes: Int) throws {
        try state.withLock { state in
            guard bytes <= state.limit - state.used else { throw StorageQuotaExceeded(limit: state.limit) }
            try parent?.take(bytes)
            state.used += bytes
        }
    }

    /// How much is taken.
    var taken: Int { state.withLock { $0.used } }

    /// Gives room back.
    func give(_ bytes: Int) {
        state.withLock { $0.used -= bytes }
        parent?.give(bytes)
    }
}

/// The stored point sets would take more than they may.
struct StorageQuotaExceeded: Error, Equatable {
    let limit: Int
}
