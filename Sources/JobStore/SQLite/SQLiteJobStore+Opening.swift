import Foundation
import GRDB

/// How the file is opened: settings, whose file it is, and migrations.
extension SQLiteJobStore {
    static func openPool(path: String, busyTimeout: Duration) throws -> DatabasePool {
        if !FileManager.default.fileExists(atPath: path) {
            // Results are the clients' data; SQLite gives the files beside this one the same rights. Where it cannot be
            // made, SQLite will say why.
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        var configuration = GRDB.Configuration()
        configuration.label = "JobStore"
        configuration.busyMode = .timeout(Double(busyTimeout.milliseconds) / 1000)
        configuration.prepareDatabase { db in
            if !db.configuration.readonly { try claimFile(db, path: path) }
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // GRDB sets NORMAL, which may lose the last transactions with the power. An accepted job must not be lost.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What was deleted is overwritten, secrets among it, but no page is read or written for that alone.
            try db.execute(sql: "PRAGMA secure_delete = FAST")
            // A large result swells the log once; do not keep that space for ever.
            try db.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
        }
        let migrator = SQLiteSchema.migrator
        try pool.read { db in try checkVersion(db, migrator, path: path) }
        try migrator.migrate(pool)
        return pool
    }

    /// Marks an empty file as ours and refuses everybody else's; runs before anything is written to the file.
    private static func claimFile(_ db: Database, path: String) throws {
        if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
            // Only takes effect before the first page is written.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try db.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)")
            return
        }
        try checkOwner(db, path: path)
    }

    /// Refuses a database of another program.
    static func checkOwner(_ db: Database, path: String) throws {
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == SQLiteSchema.applicationID else {
            throw JobStoreError(
                code: .foreign, message: "\(path) is a database of another program; choose another path")
        }
    }

    /// Refuses a database of a later version.
    static func checkVersion(_ db: Database, _ migrator: DatabaseMigrator, path: String) throws {
        if try migrator.hasBeenSuperseded(db) {
            throw JobStoreError(
                code: .foreign,
                message: "the job database \(path) was written by a newer version; upgrade, or choose another path")
        }
    }

    /// From this size on the log is cut by force, 64 MiB.
    static let largeLog = 64 << 20

    /// The size of the log beside the database, 0 when there is none.
    static func logSize(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
    }

    /// Whether more than a quarter of the file is free.
    static let hasMuchFreeSpace: @Sendable (Database) throws -> Bool = { db in
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        return free > pages / 4
    }

    /// Returns up to 8 MiB of free pages to the file system and says whether there are more.
    static let vacuumStep: @Sendable (Database) throws -> Bool = { db in
        let pages = 2048
        guard let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count"), free > 0 else { return false }
        try db.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
        return free > pages
    }
}
