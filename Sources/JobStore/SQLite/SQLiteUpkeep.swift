import Foundation
import GRDB

/// Deletion, recovery and expiry in SQL.
///
/// Each function is the body of one transaction.
enum SQLiteUpkeep {
    /// The most tombstones that are kept, about 20 MB: the oldest go first, and their addresses answer 404 again.
    static let maximumTombstones = 200_000

    private static let deleteJob = "DELETE FROM job WHERE sequence = ?"

    private static let deleteKeys = "DELETE FROM idempotency_key WHERE job = ?"

    static let selectHeld = """
        SELECT \(JobRow.columns) FROM job WHERE state IN ('running', 'cancelling') ORDER BY sequence
        """

    /// Those whose lease ran out.
    static let selectLapsed = """
        SELECT \(JobRow.columns) FROM job INDEXED BY job_by_lease WHERE lease_expires_at <= ? ORDER BY sequence
        """

    /// A pause that the clock has made longer than any: it was set back while nothing ran.
    private static let shortenPauses = """
        UPDATE job SET available_at = ?1 WHERE state = 'queued' AND available_at > ?1
        """

    static let selectDue = """
        SELECT sequence, id, model, dataset_version, expires_at, tenant FROM job INDEXED BY job_by_expiry \
        WHERE expires_at <= ? ORDER BY expires_at, sequence LIMIT ?
        """

    /// Not those of jobs that are still there.
    static let deleteDueModels = """
        DELETE FROM model WHERE expires_at <= ? AND NOT EXISTS (SELECT 1 FROM job WHERE job.model = model.id) \
        RETURNING id, withdrawn, sequence, tenant
        """

    private static let insertTombstone = "INSERT OR REPLACE INTO tombstone (id, expired_at, tenant) VALUES (?, ?, ?)"

    private static let deleteOldTombstones = "DELETE FROM tombstone WHERE expired_at <= ?"

    private static let capTombstones = """
        DELETE FROM tombstone WHERE id IN (SELECT id FROM tombstone ORDER BY expired_at \
        LIMIT MAX(0, (SELECT COUNT(*) FROM tombstone) - ?))
        """

    static func isExpired(_ db: Database, _ id: String, tenant: String?) throws -> Bool {
        let owner = try String.fetchOne(
            db.cachedStatement(sql: "SELECT tenant FROM tombstone WHERE id = ?"), arguments: [id])
        guard let tenant else { return owner != nil }
        return owner == tenant
    }

    /// Takes out a job with its keys; its chunks and labels go by cascade.
    static func delete(_ db: Database, _ id: String) throws -> DeleteOutcome {
        guard let row = try JobRow.fetch(db, id: id) else { return .unknown }
        guard row.job.isDone else { return .stillActive }
        try db.cachedStatement(sql: deleteJob).execute(arguments: [row.sequence])
        try db.cachedStatement(sql: deleteKeys).execute(arguments: [id])
        if let model = row.job.model { try SQLiteModels.dropIfUnused(db, model) }
        return .deleted
    }

    static func recover(_ db: Database, at now: Date) throws -> RecoveryReport {
        let latest = now.advanced(by: Job.longestPause).milliseconds
        try db.cachedStatement(sql: shortenPauses).execute(arguments: [latest])
        return try takeBack(db, JobRow.fetchAll(db.cachedStatement(sql: selectHeld)), at: now)
    }

    static func reclaim(_ db: Database, at now: Date) throws -> RecoveryReport {
        let lapsed = try JobRow.fetchAll(db.cachedStatement(sql: selectLapsed), arguments: [now.milliseconds])
        return try takeBack(db, lapsed, at: now)
    }

    private static func takeBack(_ db: Database, _ rows: [JobRow], at now: Date) throws -> RecoveryReport {
        var report = RecoveryReport()
        for var row in rows {
            _ = row.job.apply(.workerLost, at: now)
            try row.update(db)
            report.add(row.job)
            try SQLiteResults.dropChunks(db, of: row.sequence)
            report.droppedChunks += db.changesCount
        }
        return report
    }

    /// Removes up to `limit` jobs that are due, and what else is; others get their turn between two calls.
    ///
    /// - Returns: what went, and whether there may be more.
    static func expire(
        _ db: Database, at now: Date, tombstoneLifetime: Duration, limit: Int
    ) throws -> (report: ExpiryReport, more: Bool) {
        let due = try Row.fetchAll(db.cachedStatement(sql: selectDue), arguments: [now.milliseconds, limit])
        var versions: Set<String> = []
        for row in due {
            try db.cachedStatement(sql: deleteJob).execute(arguments: [row[0] as Int64])
            if let model = row[2] as String? { try SQLiteModels.dropIfUnused(db, model) }
            try bury(db, row[1], of: row[5], at: now)
            versions.insert(row[3])
        }
        let more = due.count == limit
        // Models of jobs that follow in the next batch are not looked at now: the jobs must go before.
        let reached = more ? due.last.map { ($0[4] as Int64) - 1 } ?? 0 : now.milliseconds
        let models = try Row.fetchAll(db.cachedStatement(sql: deleteDueModels), arguments: [reached])
            .filter { $0[1] == 0 }.sorted { ($0[2] as Int64) < $1[2] }
        for model in models { try bury(db, model[0], of: model[3], at: now) }

        try db.execute(sql: "DELETE FROM idempotency_key WHERE expires_at <= ?", arguments: [now.milliseconds])
        try db.cachedStatement(sql: deleteOldTombstones)
            .execute(arguments: [now.milliseconds - tombstoneLifetime.milliseconds])
        if !more { try db.cachedStatement(sql: capTombstones).execute(arguments: [maximumTombstones]) }
        let freed = try versions.subtracting(SQLiteListing.datasetVersionsInUse(db, among: versions))
        return (ExpiryReport(jobs: due.map { $0[1] }, models: models.map { $0[0] }, freedDatasetVersions: freed), more)
    }

    private static func bury(_ db: Database, _ id: String, of tenant: String, at now: Date) throws {
        try db.cachedStatement(sql: insertTombstone).execute(arguments: [id, now.milliseconds, tenant])
    }
}
