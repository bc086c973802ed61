import Foundation
import GRDB

/// The queue in SQL: in, claimed, out.
///
/// Each function is the body of one transaction.
enum SQLiteQueue {
    /// The job that a key started, unless the key has lived out its time.
    private static let selectKey = """
        SELECT digest, job FROM idempotency_key WHERE scope = ? AND key = ? AND expires_at > ?
        """

    /// REPLACE: what stands there has expired, else the submission would have ended before.
    private static let insertKey = """
        INSERT OR REPLACE INTO idempotency_key (scope, key, digest, job, created_at, expires_at) \
        VALUES (?, ?, ?, ?, ?, ?)
        """

    /// The first job in line that may be tried: mostly the first entry of the queue's index.
    ///
    /// INDEXED BY, because the planner prefers the index by state and then sorts the whole queue for each claim.
    static let next = """
        SELECT sequence FROM job INDEXED BY job_queue \
        WHERE state = 'queued' AND (available_at IS NULL OR available_at <= ?) \
        ORDER BY priority DESC, turn, sequence LIMIT 1
        """

    /// How many jobs wait, counted no further than a limit.
    private static let waiting = """
        SELECT COUNT(*) FROM (SELECT 1 FROM job INDEXED BY job_queue WHERE state = 'queued' LIMIT ?)
        """

    /// How many jobs of a tenant have not ended.
    private static let active = """
        SELECT COUNT(*) FROM job INDEXED BY job_active_by_tenant WHERE tenant = ? AND finished_at IS NULL
        """

    /// One statement, so that no two workers get the same job, whatever isolation a database offers.
    private static let claiming = """
        UPDATE job SET state = 'running', revision = revision + 1, attempt = attempt + 1, started_at = ?, worker = ?, \
        lease_expires_at = ?, available_at = NULL \
        WHERE sequence = (\(next)) \
        AND (? OR memory <= ? AND attempt - releases < \(Job.lossesBeforeRunningAlone)) \
        RETURNING \(JobRow.columns)
        """

    private static let renewal = """
        UPDATE job SET lease_expires_at = ? WHERE id = ? AND attempt = ? AND state IN ('running', 'cancelling') \
        RETURNING state
        """

    static func submit(_ db: Database, _ new: NewJob, id: String, at now: Date) throws -> Submission {
        if let key = new.idempotency, let earlier = try earlierSubmission(db, key, at: now) { return earlier }
        if let limit = new.queueLimit,
            let count = try Int.fetchOne(db.cachedStatement(sql: waiting), arguments: [limit]), count >= limit
        {
            return .queueFull
        }
        if let limit = new.tenantLimit,
            let count = try Int.fetchOne(db.cachedStatement(sql: active), arguments: [new.tenant]), count >= limit
        {
            return .tenantFull
        }
        let job = Job(new, id: id, at: now)
        try JobRow.insert(db, job)
        if let webhook = new.webhook { try SQLiteWebhooks.insert(db, webhook, of: job.id) }
        if let key = new.idempotency {
            try db.cachedStatement(sql: insertKey).execute(arguments: [
                key.scope, key.key, key.digest, id, now.milliseconds, now.advanced(by: key.lifetime).milliseconds,
            ])
        }
        return .accepted(job)
    }

    static func earlierSubmission(_ db: Database, _ wanted: IdempotencyKey, at now: Date) throws -> Submission? {
        let known = try Row.fetchOne(
            db.cachedStatement(sql: selectKey), arguments: [wanted.scope, wanted.key, now.milliseconds])
        guard let known else { return nil }
        guard known[0] == wanted.digest else { return .conflict }
        return try JobRow.fetch(db, id: known[1]).map { .replayed($0.job) } ?? .expired(known[1])
    }

    static func claim(
        _ db: Database, worker: String, lease: Duration, room: WorkerRoom, at now: Date
    ) throws -> Job? {
        try JobRow.fetchOne(
            db.cachedStatement(sql: claiming),
            arguments: [
                now.milliseconds, worker, now.advanced(by: lease).milliseconds, now.milliseconds, room.isIdle,
                room.memory,
            ])?.job
    }

    static func renew(
        _ db: Database, _ held: [HeldAttempt], lease: Duration, at now: Date
    ) throws -> [String: JobState] {
        let end = now.advanced(by: lease).milliseconds
        var states: [String: JobState] = [:]
        for one in held {
            let state = try String.fetchOne(
                db.cachedStatement(sql: renewal), arguments: [end, one.job, one.attempt])
            states[one.job] = state.flatMap(JobState.init(rawValue:))
        }
        return states
    }

    static func progressed(_ db: Database, _ id: String, attempt: Int, at now: Date) throws -> Job {
        var row = try JobRow.fetch(db, id: id, heldBy: attempt)
        let before = row.job.revision
        try row.job.apply(.progressed, fromAttempt: attempt, at: now)
        if row.job.revision != before { try row.update(db) }
        return row.job
    }

    static func requestCancel(_ db: Database, _ id: String, at now: Date) throws -> CancelOutcome? {
        guard var row = try JobRow.fetch(db, id: id) else { return nil }
        let before = row.job.state
        if row.job.apply(.cancelRequested, at: now) != .ignore { try row.update(db) }
        return CancelOutcome(row.job, before: before)
    }

    /// Ends an attempt without a result; the job is queued, failed or cancelled afterwards.
    static func endAttempt(
        _ db: Database, _ id: String, attempt: Int, _ event: JobEvent, error: String?, at now: Date
    ) throws -> Job {
        var row = try JobRow.fetch(db, id: id, heldBy: attempt)
        try row.job.apply(event, fromAttempt: attempt, at: now)
        if let error { row.job.error = error }
        try row.update(db)
        try SQLiteResults.dropChunks(db, of: row.sequence)
        return row.job
    }
}
