import Foundation
import GRDB

/// Results in SQL.
///
/// Each function is the body of one transaction.
enum SQLiteResults {
    private static let insertChunk = "INSERT OR REPLACE INTO result_chunk (job, number, data) VALUES (?, ?, ?)"

    private static let countChunks = "SELECT COUNT(*), COALESCE(MAX(number) + 1, 0) FROM result_chunk WHERE job = ?"

    private static let deleteChunks = "DELETE FROM result_chunk WHERE job = ?"

    private static let insertModel = """
        INSERT INTO model (id, job, tenant, created_at, expires_at, content) VALUES (?, ?, ?, ?, ?, ?) \
        ON CONFLICT (id) DO NOTHING
        """

    static let selectSummary = """
        SELECT job.summary, model.content, job.chunk_count FROM job JOIN model ON model.id = job.model \
        WHERE job.id = ? AND job.state = 'succeeded'
        """

    /// Chunks of a running attempt are there too, but not for readers.
    static let selectChunk = """
        SELECT data FROM result_chunk \
        WHERE job = (SELECT sequence FROM job WHERE id = ? AND state = 'succeeded') AND number = ?
        """

    static func append(_ db: Database, _ data: Data, at index: Int, to id: String, attempt: Int) throws {
        let row = try JobRow.fetch(db, id: id, heldBy: attempt)
        try db.cachedStatement(sql: insertChunk).execute(arguments: [row.sequence, index, data])
    }

    static func succeed(
        _ db: Database, _ id: String, attempt: Int, startedAt: Date?, chunks last: [Data], summary: Data,
        modelID: String, model: Data, stopReason: String, at now: Date
    ) throws -> Job {
        var row = try JobRow.fetch(db, id: id, heldBy: attempt)
        let chunks = try Row.fetchOne(db.cachedStatement(sql: countChunks), arguments: [row.sequence])
        let (found, expected): (Int, Int) = (chunks?[0] ?? 0, chunks?[1] ?? 0)
        guard found == expected else { throw JobStoreError.incompleteResult(id, found: found, expected: expected) }
        for (place, data) in last.enumerated() {
            try db.cachedStatement(sql: insertChunk).execute(arguments: [row.sequence, found + place, data])
        }

        try row.job.apply(.succeeded, fromAttempt: attempt, at: now)
        row.job.began(at: startedAt)
        row.job.model = modelID
        row.job.stopReason = stopReason
        try db.cachedStatement(sql: insertModel).execute(arguments: [
            modelID, id, row.job.tenant, now.milliseconds, row.job.expiresAt?.milliseconds, model,
        ])
        guard db.changesCount == 1 else { throw JobStoreError.duplicateModel(modelID) }
        try row.update(db, chunkCount: found + last.count, summary: summary)
        return row.job
    }

    static func dropChunks(_ db: Database, of sequence: Int64) throws {
        try db.cachedStatement(sql: deleteChunks).execute(arguments: [sequence])
    }

    static func summary(_ db: Database, _ id: String) throws -> JobResult? {
        try Row.fetchOne(db.cachedStatement(sql: selectSummary), arguments: [id]).map { row in
            JobResult(summary: row[0], model: row[1], chunkCount: row[2])
        }
    }

    static func chunk(_ db: Database, _ id: String, _ index: Int) throws -> Data? {
        try Data.fetchOne(db.cachedStatement(sql: selectChunk), arguments: [id, index])
    }
}
