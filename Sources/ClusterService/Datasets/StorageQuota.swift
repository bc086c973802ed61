import Synchronization

/// How many bytes the stored point sets take, and how many they may.
final class StorageQuota: Sendable {
    let limit: Int
    private let used: Mutex<Int>
    private let parent: StorageQuota?

    /// - Parameter parent: what every byte is taken from as well.
    init(limit: Int, used: Int = 0, parent: StorageQuota? = nil) {
        self.limit = limit
        self.parent = parent
        self.used = Mutex(used)
    }

    /// Takes room.
    ///
    /// - Throws: ``StorageQuotaExceeded`` when there is not so much left.
    func take(_ bytes: Int) throws {
        try used.withLock { used in
            guard bytes <= limit - used else { throw StorageQuotaExceeded(limit: limit) }
            try parent?.take(bytes)
            used += bytes
        }
    }

    /// How much is taken.
    var taken: Int { used.withLock { $0 } }

    /// Gives room back.
    func give(_ bytes: Int) {
        used.withLock { $0 -= bytes }
        parent?.give(bytes)
    }
}

/// The stored point sets would take more than they may.
struct StorageQuotaExceeded: Error, Equatable {
    let limit: Int
}
