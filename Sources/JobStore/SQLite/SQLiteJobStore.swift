public import Foundation
import GRDB
import Synchronization

/// A job store in one SQLite file, for one process.
///
/// ```swift
/// let store = try SQLiteJobStore(path: "/var/lib/clusterd/jobs.sqlite")
/// let report = try await store.recover()
/// ```
///
/// What a client is told of has been synced to disk (WAL, `synchronous=FULL`), many writes at a time
/// (``GroupCommit``). Reads run beside writes. Beside the file
/// lie `-wal` and `-shm`, which belong to it, and `-lock`, which keeps a second process out. The space of what was
/// deleted or has expired is used again, and given back to the file system by ``expire()``.
public final class SQLiteJobStore: Sendable {
    /// Where the database is.
    public let path: String
    let tombstoneLifetime: Duration
    let identifiers: @Sendable (Date) -> String
    private let clock: @Sendable () -> Date
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let lock: StoreLock
    private let isClosed = Atomic(false)
    /// Whether the last write found the file damaged.
    private let isDamaged = Atomic(false)
    /// Whether the last write found no room on the disk.
    private let isFull = Atomic(false)

    /// Opens the store, and creates it where there is none, readable by its owner only.
    ///
    /// Blocks while it opens, and while it brings an older file up to date: call it at the start.
    ///
    /// - Parameters:
    ///   - path: the database file; its directory must exist.
    ///   - tombstoneLifetime: how long ``isExpired(_:)`` remembers.
    ///   - busyTimeout: how long to wait for another program that has locked the file.
    ///   - now: the clock.
    ///   - identifiers: names a new job; never the same name twice.
    /// - Throws: ``JobStoreError`` with `locked`, `unwritable`, `corrupt`, `foreign`, `full` or `failure`.
    public init(
        path: String,
        tombstoneLifetime: Duration = .seconds(86_400),
        busyTimeout: Duration = .seconds(10),
        now: @escaping @Sendable () -> Date = SteadyClock().reading,
        identifiers: @escaping @Sendable (Date) -> String = { SortableIdentifier.make(prefix: "job", at: $0) }
    ) throws {
        self.path = path
        self.tombstoneLifetime = tombstoneLifetime
        clock = now
        self.identifiers = identifiers
        lock = try StoreLock(path: path)
        do {
            pool = try SQLiteJobStore.openPool(path: path, busyTimeout: busyTimeout)
            commits = GroupCommit(pool)
        } catch {
            throw JobStoreError.wrap(error, path: path)
        }
    }

    deinit { try? close() }

    /// Waits for calls in progress and lets go of the file, so that it can be opened anew; later calls throw `closed`.
    ///
    /// Happens by itself when the last reference goes.
    public func close() throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        do {
            // GRDB closes its writing connection before the readers, which cannot empty the log. What this leaves undone
            // the next opening does.
            _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
            try pool.close()
        } catch {
            isClosed.store(false, ordering: .releasing)
            throw JobStoreError.wrap(error, path: path)
        }
        lock.release()
    }

    /// The clock, in the whole milliseconds that are stored.
    func now() -> Date { clock().wholeMilliseconds }

    /// Reads from a snapshot of the last committed state.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await perform { pool in try await pool.read(body) }
    }

    /// Runs one transaction, wholly or not at all, together with others that come at the same time.
    func write<Value: Sendable>(
        _ durability: WriteDurability = .now, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            let value = try await commit(durability, body)
            if isDamaged.load(ordering: .relaxed) { isDamaged.store(false, ordering: .relaxed) }
            if isFull.load(ordering: .relaxed) { isFull.store(false, ordering: .relaxed) }
            return value
        } catch {
            switch (error as? JobStoreError)?.code {
            case .corrupt?: isDamaged.store(true, ordering: .relaxed)
            case .full?: isFull.store(true, ordering: .relaxed)
            default: break
            }
            throw error
        }
    }

    /// Returns where the next write may succeed.
    func checkWrites() async throws {
        if isDamaged.load(ordering: .relaxed) {
            throw JobStoreError.corrupt(path, reason: "the last write found it so")
        }
        // An empty transaction takes the lock of writers and syncs nothing; only one that changes something needs room.
        guard isFull.load(ordering: .relaxed) else { return try await commit(.soon) { _ in } }
        try await write { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            try db.execute(sql: "PRAGMA user_version = \(version == 0 ? 1 : 0)")
        }
    }

    private func commit<Value: Sendable>(
        _ durability: WriteDurability, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await perform { _ in
            try await withCheckedThrowingContinuation { continuation in
                let box = WriteAnswer<Value>()
                commits.add(
                    GroupCommit.Entry(durability: durability) { db in
                        box.set(try body(db))
                    } end: { failure in
                        continuation.resume(with: box.result(failure))
                    })
            }
        }
    }

    /// How many writes wait for the transaction in progress to end.
    var waitingWrites: Int { commits.waiting }

    /// Gives the space of what was deleted back to the file system, when it is worth it.
    ///
    /// Free pages are used again by what is written next; only where they are more than a quarter of the file is it made
    /// smaller, in steps, so that other writers get their turn in between. The log is cut when it has grown beyond what
    /// its own limit keeps, because readers were never absent.
    func returnSpace() async throws {
        try await perform { pool in
            try await Task {
                if try await pool.read(SQLiteJobStore.hasMuchFreeSpace) {
                    while try await pool.writeWithoutTransaction(SQLiteJobStore.vacuumStep) {}
                }
                if SQLiteJobStore.logSize(path) > SQLiteJobStore.largeLog {
                    _ = try await pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
                }
            }.value
        }
    }

    /// Runs an access and turns what goes wrong into an error of ours.
    private func perform<Value: Sendable>(
        _ access: (DatabasePool) async throws -> Value
    ) async throws -> Value {
        if isClosed.load(ordering: .acquiring) { throw JobStoreError.closed(path) }
        do {
            return try await access(pool)
        } catch {
            // Closed in the meantime: SQLite's words for that say nothing.
            if isClosed.load(ordering: .acquiring), error is DatabaseError {
                throw JobStoreError.closed(path, cause: error)
            }
            throw JobStoreError.wrap(error, path: path)
        }
    }
}

/// Carries what a write returned from the committing thread to its caller.
private final class WriteAnswer<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ value: Value) { self.value.withLock { $0 = value } }

    /// What the caller gets, once the transaction has ended.
    func result(_ failure: (any Error)?) -> Result<Value, any Error> {
        if let failure { return .failure(failure) }
        return value.withLock { value in
            value.map(Result.success) ?? .failure(JobStoreError(code: .failure, message: "the write was not run"))
        }
    }
}
