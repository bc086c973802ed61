import Foundation
import GRDB

extension SQLiteJobStore {
    /// What ``examine(path:)`` found.
    public enum Examination: Sendable, Equatable {
        /// There is no file; opening makes one.
        case missing
        /// The file is whole, with this many jobs.
        case whole(jobs: Int)
        /// The file is whole and of an earlier version; opening brings it up to date.
        case earlierVersion(jobs: Int)
    }

    /// Looks whether a file could be opened as a job store and is whole, without changing anything in it.
    ///
    /// May be called while another process has the store open. Reads the whole file, which takes seconds a gigabyte.
    ///
    /// - Parameter busyTimeout: how long to wait for a program that has locked the file.
    /// - Throws: ``JobStoreError`` with `corrupt`, `foreign`, `locked`, `unwritable` or `failure`.
    public static func examine(
        path: String, busyTimeout: Duration = .seconds(5)
    ) throws -> Examination {
        // SQLite would throw the log of an empty file away.
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return .missing }
        for file in [path, path + "-wal", path + "-shm"] where access(file, W_OK) != 0 && errno != ENOENT {
            throw JobStoreError.unwritable(path, reason: "\(file): \(String(cString: strerror(errno)))")
        }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.label = "JobStore.examination"
        configuration.busyMode = .timeout(Double(busyTimeout.milliseconds) / 1000)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { db in try examine(db, path: path) }
        } catch {
            throw JobStoreError.wrap(error, path: path)
        }
    }

    private static func examine(_ db: Database, path: String) throws -> Examination {
        try checkOwner(db, path: path)
        let migrator = SQLiteSchema.migrator
        try checkVersion(db, migrator, path: path)
        let fault = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "it says nothing"
        guard fault == "ok" else { throw JobStoreError.corrupt(path, reason: fault) }
        if let missing = try missingPart(db, migrator) {
            throw JobStoreError.corrupt(path, reason: missing)
        }
        let jobs = try db.tableExists("job") ? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM job") ?? 0 : 0
        return try migrator.hasCompletedMigrations(db) ? .whole(jobs: jobs) : .earlierVersion(jobs: jobs)
    }

    /// What a file of its version ought to have and has not, or has and ought not to; nil where all is as it should be.
    private static func missingPart(_ db: Database, _ migrator: DatabaseMigrator) throws -> String? {
        let model = try DatabaseQueue()
        if let version = try migrator.completedMigrations(db).last { try migrator.migrate(model, upTo: version) }
        let expected = try model.read(columns)
        let found = try columns(db)
        let names = Set(expected.keys).union(found.keys).sorted()
        guard let table = names.first(where: { expected[$0] != found[$0] }) else { return nil }
        if found[table] == nil { return "the table \(table) is missing" }
        let fault = expected[table] == nil ? "does not belong to its version" : "has other columns than it should"
        return "the table \(table) \(fault)"
    }

    /// The columns of each table.
    private static func columns(_ db: Database) throws -> [String: Set<String>] {
        // What SQLite keeps of its own, such as its statistics, and GRDB's list of versions are no part of it.
        let tables = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        return try Dictionary(
            uniqueKeysWithValues: tables.filter { $0 != "grdb_migrations" }.map { table in
                (table, Set(try db.columns(in: table).map(\.name)))
            })
    }
}
