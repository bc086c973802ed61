import Foundation
import GRDB

/// Deletion, recovery and expiry in SQL.
///
/// Each function is the body of one transaction.
enum SQLiteUpkeep {
    private static let deleteJob = "DELETE FROM job WHERE sequence = ?"

    static let selectHeld = """
        SELECT \(JobRow.columns) FROM job WHERE state IN ('running', 'cancelling') ORDER BY sequence
        """

    /// Chunks of attempts that nobody continues; those of held jobs are dropped once the jobs have moved.
    private static let deleteOrphanChunks = """
        DELETE FROM result_chunk WHERE job NOT IN (SELECT sequence FROM job WHERE state = 'succeeded')
        """

    /// INDEXED BY, because the planner would rather read all jobs in order than sort the few that are due.
    static let selectDue = """
        SELECT \(JobRow.columns) FROM job INDEXED BY job_by_expiry WHERE expires_at <= ? ORDER BY sequence LIMIT ?
        """

    /// Not those of jobs that are still there: due as well, they go with the next batch.
    static let deleteDueModels = """
        DELETE FROM model WHERE expires_at <= ? AND NOT EXISTS (SELECT 1 FROM job WHERE job.model = model.id) \
        RETURNING id, withdrawn, sequence
        """

    private static let insertTombstone = "INSERT OR REPLACE INTO tombstone (id, expired_at) VALUES (?, ?)"

    static func isExpired(_ db: Database, _ id: String) throws -> Bool {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM tombstone WHERE id = ?"), arguments: [id]) != nil
    }

    static func delete(_ db: Database, _ id: String) throws -> DeleteOutcome {
        guard let row = try JobRow.fetch(db, id: id) else { return .unknown }
        guard row.job.isDone else { return .stillActive }
        try remove(db, row)
        return .deleted
    }

    /// Takes out a job; its chunks, labels and idempotency key go by cascade.
    private static func remove(_ db: Database, _ row: JobRow) throws {
        try db.cachedStatement(sql: deleteJob).execute(arguments: [row.sequence])
        if let model = row.job.model { try SQLiteModels.dropIfUnused(db, model) }
    }

    static func recover(_ db: Database, at now: Date) throws -> RecoveryReport {
        var report = RecoveryReport()
        for var row in try JobRow.fetchAll(db.cachedStatement(sql: selectHeld)) {
            _ = row.job.apply(.workerLost, at: now)
            try row.update(db)
            report.add(row.job)
        }
        try db.cachedStatement(sql: deleteOrphanChunks).execute()
        report.droppedChunks = db.changesCount
        return report
    }

    /// Removes up to `limit` jobs that are due, and what else is; others get their turn between two calls.
    ///
    /// - Returns: what went, and whether there may be more.
    static func expire(
        _ db: Database, at now: Date, tombstoneLifetime: Duration, limit: Int
    ) throws -> (report: ExpiryReport, more: Bool) {
        let due = try JobRow.fetchAll(db.cachedStatement(sql: selectDue), arguments: [now.milliseconds, limit])
        for row in due {
            try remove(db, row)
            try bury(db, row.job.id, at: now)
        }
        let models = try Row.fetchAll(db.cachedStatement(sql: deleteDueModels), arguments: [now.milliseconds])
            .filter { $0[1] == 0 }.sorted { ($0[2] as Int64) < $1[2] }
            .map { $0[0] as String }
        for model in models { try bury(db, model, at: now) }

        try db.execute(sql: "DELETE FROM idempotency_key WHERE expires_at <= ?", arguments: [now.milliseconds])
        try db.execute(
            sql: "DELETE FROM tombstone WHERE expired_at <= ?",
            arguments: [now.milliseconds - tombstoneLifetime.milliseconds])
        let freed = Set(due.map(\.job.datasetVersion))
        let inUse = freed.isEmpty ? [] : try SQLiteListing.datasetVersionsInUse(db)
        let report = ExpiryReport(
            jobs: due.map(\.job.id), models: models, freedDatasetVersions: freed.subtracting(inUse))
        return (report, due.count == limit)
    }

    private static func bury(_ db: Database, _ id: String, at now: Date) throws {
        try db.cachedStatement(sql: insertTombstone).execute(arguments: [id, now.milliseconds])
    }
}
