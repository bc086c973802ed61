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
        stop_reason, error, model, kind, tenant, memory, available_at, lease_expires_at, cancel_requested_at, \
        (SELECT traceparent FROM job_trace WHERE job_trace.job = job.sequence)
        """

    private static let selectByID = "SELECT \(columns) FROM job WHERE id = ?"

    /// The turn of a new job: behind the tenant's own waiting jobs, but not before where the others are.
    ///
    /// So a tenant with one job waits for one job of each other tenant, not for all of them.
    private static let turn = """
        MAX(\
        COALESCE((SELECT MAX(turn) + 1 FROM job INDEXED BY job_queue_by_tenant \
        WHERE state = 'queued' AND tenant = ?1 AND priority = ?2), 0), \
        COALESCE((SELECT MIN(turn) FROM job INDEXED BY job_queue WHERE state = 'queued' AND priority = ?2), 0))
        """

    private static let insertion = """
        INSERT INTO job (tenant, priority, turn, id, state, revision, created_at, retention, dataset, dataset_etag, \
        dataset_version, labels, parameters, attempt, releases, maximum_attempts, kind, memory) \
        VALUES (?1, ?2, \(turn), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        """

    private static let insertionOfLabel = "INSERT INTO job_label (name, value, job) VALUES (?, ?, ?)"

    private static let insertionOfTrace = "INSERT INTO job_trace (job, traceparent) VALUES (?, ?)"

    private static let updating = """
        UPDATE job SET state = ?, revision = ?, started_at = ?, finished_at = ?, expires_at = ?, attempt = ?, \
        releases = ?, worker = ?, stop_reason = ?, error = ?, model = ?, available_at = ?, lease_expires_at = ?, \
        cancel_requested_at = ?, chunk_count = ?, summary = ? WHERE sequence = ?
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
    static func insert(_ db: Database, _ job: Job) throws {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            job.tenant, job.priority, job.id, job.state.rawValue, job.revision, job.createdAt.milliseconds,
            job.retention?.milliseconds, job.dataset, job.datasetETag, job.datasetVersion, encode(job.labels),
            job.parameters, job.attempt, job.releases, job.maximumAttempts, job.kind, job.memory,
        ])
        let sequence = db.lastInsertedRowID
        for (name, value) in job.labels {
            try db.cachedStatement(sql: insertionOfLabel).execute(arguments: [name, value, sequence])
        }
        if let traceParent = job.traceParent {
            try db.cachedStatement(sql: insertionOfTrace).execute(arguments: [sequence, traceParent])
        }
    }

    /// Writes back a job that an event moved, with its result when it succeeded by it.
    func update(_ db: Database, chunkCount: Int? = nil, summary: Data? = nil) throws {
        try db.cachedStatement(sql: Self.updating).execute(arguments: [
            job.state.rawValue, job.revision, job.startedAt?.milliseconds, job.finishedAt?.milliseconds,
            job.expiresAt?.milliseconds, job.attempt, job.releases, job.worker, job.stopReason, job.error, job.model,
            job.availableAt?.milliseconds, job.leaseExpiresAt?.milliseconds, job.cancelRequestedAt?.milliseconds,
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
            tenant: row[23],
            memory: row[24],
            availableAt: (row[25] as Int64?).map { Date(milliseconds: $0) },
            leaseExpiresAt: (row[26] as Int64?).map { Date(milliseconds: $0) },
            cancelRequestedAt: (row[27] as Int64?).map { Date(milliseconds: $0) },
            worker: row[18],
            stopReason: row[19],
            error: row[20],
            model: row[21],
            kind: row[22],
            traceParent: row[28])
    }
}
