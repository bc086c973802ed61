import Foundation
import GRDB

/// A row of table `job` without its summary.
struct JobRow {
    let sequence: Int64
    var job: Job

    /// The columns in the order in which ``init(row:)`` reads them.
    static let columns = """
        sequence, id, state, revision, created_at, started_at, finished_at, expires_at, retention, dataset, \
        dataset_etag, dataset_version, labels, parameters, attempt, releases, maximum_attempts, priority, worker, \
        stop_reason, error, model, kind
        """

    private static let selectByID = "SELECT \(columns) FROM job WHERE id = ?"

    private static let insertion = """
        INSERT INTO job (id, state, revision, created_at, retention, dataset, dataset_etag, dataset_version, labels, \
        parameters, attempt, releases, maximum_attempts, priority, kind) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let insertionOfLabel = "INSERT INTO job_label (name, value, job) VALUES (?, ?, ?)"

    private static let updating = """
        UPDATE job SET state = ?, revision = ?, started_at = ?, finished_at = ?, expires_at = ?, attempt = ?, \
        releases = ?, worker = ?, stop_reason = ?, error = ?, model = ?, chunk_count = ?, summary = ? WHERE sequence = ?
        """

    static func fetch(_ db: Database, id: String) throws -> JobRow? {
        try JobRow.fetchOne(db.cachedStatement(sql: selectByID), arguments: [id])
    }

    /// The row of a job that attempt number `attempt` holds.
    static func fetch(_ db: Database, id: String, heldBy attempt: Int) throws -> JobRow {
        guard let row = try fetch(db, id: id) else { throw JobStoreError.unknownJob(id) }
        try row.job.checkLease(attempt)
        return row
    }

    /// Puts a new job into the queue, with its labels.
    ///
    /// - Returns: its sequence number.
    static func insert(_ db: Database, _ job: Job) throws -> Int64 {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            job.id, job.state.rawValue, job.revision, job.createdAt.milliseconds, job.retention?.milliseconds,
            job.dataset, job.datasetETag, job.datasetVersion, encode(job.labels), job.parameters, job.attempt,
            job.releases, job.maximumAttempts, job.priority, job.kind,
        ])
        let sequence = db.lastInsertedRowID
        for (name, value) in job.labels {
            try db.cachedStatement(sql: insertionOfLabel).execute(arguments: [name, value, sequence])
        }
        return sequence
    }

    /// Writes back a job that an event moved, with its result when it succeeded by it.
    func update(_ db: Database, chunkCount: Int? = nil, summary: Data? = nil) throws {
        try db.cachedStatement(sql: Self.updating).execute(arguments: [
            job.state.rawValue, job.revision, job.startedAt?.milliseconds, job.finishedAt?.milliseconds,
            job.expiresAt?.milliseconds, job.attempt, job.releases, job.worker, job.stopReason, job.error, job.model,
            chunkCount, summary, sequence,
        ])
    }

    private static func encode(_ labels: [String: String]) throws -> String {
        guard !labels.isEmpty else { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(labels), as: UTF8.self)
    }
}

extension JobRow: FetchableRecord {
    init(row: Row) throws {
        sequence = row[0]
        let state: String = row[2]
        guard let state = JobState(rawValue: state) else {
            throw JobStoreError(code: .corrupt, message: "job \(row[1] as String) is in the unknown state '\(state)'")
        }
        let labels: String = row[12]
        job = Job(
            id: row[1],
            state: state,
            revision: row[3],
            createdAt: Date(milliseconds: row[4]),
            startedAt: (row[5] as Int64?).map { Date(milliseconds: $0) },
            finishedAt: (row[6] as Int64?).map { Date(milliseconds: $0) },
            expiresAt: (row[7] as Int64?).map { Date(milliseconds: $0) },
            retention: (row[8] as Int64?).map { .milliseconds($0) },
            dataset: row[9],
            datasetETag: row[10],
            datasetVersion: row[11],
            labels: labels == "{}" ? [:] : try JSONDecoder().decode([String: String].self, from: Data(labels.utf8)),
            parameters: row[13],
            attempt: row[14],
            releases: row[15],
            maximumAttempts: row[16],
            priority: row[17],
            worker: row[18],
            stopReason: row[19],
            error: row[20],
            model: row[21],
            kind: row[22])
    }
}
