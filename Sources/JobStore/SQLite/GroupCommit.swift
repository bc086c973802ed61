import Dispatch
import GRDB
import Synchronization

/// How soon a write must be on the disk.
enum WriteDurability {
    /// Before the call returns: the client may be told.
    case now
    /// With the next write that is synced. The end of the process does not lose it; a loss of power may, and then it is
    /// as if the last moments before had not been: a claim undone, a chunk of an unfinished result gone.
    case soon
}

/// Commits writes that come at the same time together, so that they share one sync of the disk.
///
/// While one transaction is synced the next ones gather; then all of them run in one transaction and are told of its end
/// together. A write that fails undoes only itself: the transaction is undone and run again with each write in a savepoint
/// of its own, which costs a copy of every page it touches and so is not done before there is a need. A commit that fails
/// fails all.
///
/// A thread of its own does this, one batch after the other, and no caller's cancellation can stop it: a worker that was
/// told to stop must still be able to say that it did.
final class GroupCommit: Sendable {
    /// A write that waits for its turn.
    struct Entry: Sendable {
        let durability: WriteDurability
        /// Does the work; called inside the transaction, and again in another where a neighbour failed in the first.
        let run: @Sendable (Database) throws -> Void
        /// Told once how it ended: nil when it is committed.
        let end: @Sendable ((any Error)?) -> Void
    }

    /// The most writes in a transaction: more would hold up the first for too long.
    private static let batchSize = 256

    private struct State {
        var pending: [Entry] = []
        var isDraining = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "JobStore.commit")
    /// Whether the connection syncs every commit; only the queue looks at it.
    private let syncsCommits = Atomic(true)
    private let pool: DatabasePool

    /// Writes through a pool that was opened with `synchronous=FULL`.
    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// Lets a write take its place in the next transaction.
    func add(_ entry: Entry) {
        let isFirst = state.withLock { state in
            state.pending.append(entry)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { queue.async { self.drain() } }
    }

    /// How many writes have not begun.
    var waiting: Int { state.withLock { $0.pending.count } }

    private func drain() {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.pending.prefix(Self.batchSize))
                state.pending.removeFirst(batch.count)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
        }
    }

    /// Runs a batch in one transaction and tells each how it ended.
    private func commit(_ batch: [Entry]) {
        var failures = [(any Error)?](repeating: nil, count: batch.count)
        do {
            try pool.writeWithoutTransaction { db in
                try setSync(db, batch.contains { $0.durability == .now })
                if try runTogether(batch, db) { return }
                try transaction(db) {
                    for (index, entry) in batch.enumerated() { failures[index] = try failure(of: entry, db) }
                }
            }
        } catch {
            failures = Array(repeating: error, count: batch.count)
        }
        for (entry, failure) in zip(batch, failures) { entry.end(failure) }
    }

    /// Runs a batch in one transaction without savepoints.
    ///
    /// - Returns: whether it is committed; else one of several writes failed and nothing is done.
    /// - Throws: why there can be no transaction, or why the only write failed.
    private func runTogether(_ batch: [Entry], _ db: Database) throws -> Bool {
        var isOneFailed = false
        do {
            try transaction(db) {
                do {
                    for entry in batch { try entry.run(db) }
                } catch {
                    isOneFailed = batch.count > 1
                    throw error
                }
            }
            return true
        } catch {
            if isOneFailed { return false }
            throw error
        }
    }

    private func transaction(_ db: Database, _ body: () throws -> Void) throws {
        try db.beginTransaction(.immediate)
        do {
            try body()
            try db.commit()
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            throw error
        }
    }

    /// Runs one write of a transaction in a savepoint.
    ///
    /// - Returns: why it failed, when only it did.
    /// - Throws: what ends the whole transaction, such as a full disk.
    private func failure(of entry: Entry, _ db: Database) throws -> (any Error)? {
        var failure: (any Error)?
        do {
            try db.inSavepoint {
                do {
                    try entry.run(db)
                    return .commit
                } catch {
                    failure = error
                    // SQLite has given up the whole transaction, and there is no savepoint to go back to.
                    if !db.isInsideTransaction { throw error }
                    return .rollback
                }
            }
        } catch {
            throw failure ?? error
        }
        return failure
    }

    private func setSync(_ db: Database, _ wanted: Bool) throws {
        guard syncsCommits.load(ordering: .relaxed) != wanted else { return }
        try db.execute(sql: "PRAGMA synchronous = \(wanted ? "FULL" : "NORMAL")")
        syncsCommits.store(wanted, ordering: .relaxed)
    }
}
