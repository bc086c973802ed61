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
        guard FileManager.default.fileExists(atPath: path) else { return .missing }
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
        // An empty file is what an opening that was cut off leaves.
        if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 { return .missing }
        try checkOwner(db, path: path)
        let migrator = SQLiteSchema.migrator
        try checkVersion(db, migrator, path: path)
        let fault = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "it says nothing"
        guard fault == "ok" else { throw JobStoreError.corrupt(path, reason: fault) }
        let jobs = try db.tableExists("job") ? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM job") ?? 0 : 0
        return try migrator.hasCompletedMigrations(db) ? .whole(jobs: jobs) : .earlierVersion(jobs: jobs)
    }
}
