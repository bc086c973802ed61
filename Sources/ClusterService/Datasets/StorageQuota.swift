import Synchronization

/// How many bytes the stored point sets take, and how many they may.
///
/// An upload in progress may go beyond the limit, by a bounded overdraft that all of them share: what it adds is known
/// only at its end, when its content turns out to be stored already or to replace another.
final class StorageQuota: Sendable {
    private struct State {
        var limit: Int
        var overdraft: Int
        /// All that is on the disk.
        var used: Int
        /// What of it uploads in progress took.
        var pending = 0
    }

    private let state: Mutex<State>
    private let parent: StorageQuota?

    /// - Parameters:
    ///   - overdraft: how far beyond the limit uploads in progress may go.
    ///   - parent: what every byte is taken from as well.
    init(limit: Int, used: Int = 0, overdraft: Int = 0, parent: StorageQuota? = nil) {
        self.parent = parent
        state = Mutex(State(limit: limit, overdraft: overdraft, used: used))
    }

    /// Allows another number of bytes from now on; what is taken stays.
    func use(limit: Int, overdraft: Int = 0) { state.withLock { ($0.limit, $0.overdraft) = (limit, overdraft) } }

    /// Takes room.
    ///
    /// - Parameters:
    ///   - isPending: whether it is for an upload in progress.
    ///   - copied: how much of what is stored that upload copies, which widens the overdraft of the store for it: a set
    ///     that grew by rows put behind it may be longer than any body.
    /// - Throws: ``StorageQuotaExceeded`` when there is not so much left.
    func take(_ bytes: Int, isPending: Bool = false, copied: Int = 0) throws {
        try state.withLock { state in
            let overdraft = isPending ? state.overdraft + (parent == nil ? copied : 0) : 0
            guard bytes - overdraft <= state.limit - state.used else {
                throw StorageQuotaExceeded(limit: state.limit)
            }
            try parent?.take(bytes, isPending: isPending, copied: copied)
            state.used += bytes
            if isPending { state.pending += bytes }
        }
    }

    /// Makes what an upload took a part of what is stored.
    ///
    /// - Parameter freed: how much of what is stored goes for it.
    /// - Throws: ``StorageQuotaExceeded`` when it adds more than is left, other uploads in progress not counted.
    func settle(_ bytes: Int, freeing freed: Int) throws {
        try state.withLock { state in
            let stored = state.used - state.pending
            guard bytes <= freed || bytes - freed <= state.limit - stored else {
                throw StorageQuotaExceeded(limit: state.limit)
            }
            try parent?.settle(bytes, freeing: freed)
            state.pending -= bytes
        }
    }

    /// The quota that all others are a part of.
    var root: StorageQuota { parent?.root ?? self }

    /// Whether more is taken than may be.
    var isExceeded: Bool { state.withLock { $0.used > $0.limit } }

    /// How much is taken.
    var taken: Int { state.withLock { $0.used } }

    /// Gives room back.
    ///
    /// - Parameter isPending: whether it was taken so.
    func give(_ bytes: Int, isPending: Bool = false) {
        state.withLock {
            $0.used -= bytes
            if isPending { $0.pending -= bytes }
        }
        parent?.give(bytes, isPending: isPending)
    }
}

/// The stored point sets would take more than they may.
struct StorageQuotaExceeded: Error, Equatable {
    let limit: Int
}
