public import Foundation
import GRDB

/// Webhooks in SQL.
///
/// Each function is the body of one transaction, or a part of one.
enum SQLiteWebhooks {
    /// The trigger makes a webhook due in whichever transaction ends its job; no code that moves jobs knows of it.
    static let tables = """
        CREATE TABLE webhook (
            job INTEGER PRIMARY KEY REFERENCES job (sequence) ON DELETE CASCADE,
            url TEXT NOT NULL,
            secret TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'pending', 'delivered', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            last_status INTEGER,
            last_error TEXT,
            due_at INTEGER CHECK ((due_at IS NULL) = (state = 'waiting')),
            next_attempt_at INTEGER CHECK ((next_attempt_at IS NOT NULL) = (state = 'pending')),
            delivered_at INTEGER CHECK ((delivered_at IS NOT NULL) = (state = 'delivered'))
        ) STRICT;

        CREATE INDEX webhook_queue ON webhook (next_attempt_at) WHERE state = 'pending';

        CREATE TRIGGER webhook_due AFTER UPDATE OF finished_at ON job
        WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
        BEGIN
            UPDATE webhook SET state = 'pending', due_at = NEW.finished_at, next_attempt_at = NEW.finished_at
            WHERE job = NEW.sequence AND state = 'waiting';
        END;
        """

    /// Secrets of those that are over, as versions before left them.
    static let eraseSecrets = "UPDATE webhook SET secret = '' WHERE state IN ('delivered', 'failed')"

    private static let columns = """
        url, secret, webhook.state, attempts, last_status, last_error, due_at, next_attempt_at, delivered_at
        """

    private static let insertion = """
        INSERT INTO webhook (job, url, secret, state) SELECT sequence, ?, ?, 'waiting' FROM job WHERE id = ?
        """

    private static let selection = """
        SELECT \(columns) FROM webhook JOIN job ON job.sequence = webhook.job WHERE job.id = ?
        """

    /// One statement, so that no two senders get the same webhook.
    private static let claiming = """
        UPDATE webhook SET next_attempt_at = ? WHERE job IN (\
        SELECT job FROM webhook INDEXED BY webhook_queue WHERE state = 'pending' AND next_attempt_at <= ? \
        ORDER BY next_attempt_at LIMIT ?) \
        RETURNING (SELECT id FROM job WHERE sequence = webhook.job), \(columns)
        """

    private static let updating = """
        UPDATE webhook SET state = ?, attempts = ?, last_status = ?, last_error = ?, next_attempt_at = ?, \
        delivered_at = ?, secret = ? WHERE job = (SELECT sequence FROM job WHERE id = ?)
        """

    /// Writes the webhook of a job that was inserted in the same transaction.
    static func insert(_ db: Database, _ target: WebhookTarget, of job: String) throws {
        try db.cachedStatement(sql: insertion).execute(arguments: [target.url, target.secret, job])
    }

    static func webhook(_ db: Database, of job: String) throws -> Webhook? {
        try Row.fetchOne(db.cachedStatement(sql: selection), arguments: [job]).map { try Webhook($0, from: 0) }
    }

    static func all(_ db: Database) throws -> [String: Webhook] {
        let sql = "SELECT job.id, \(columns) FROM webhook JOIN job ON job.sequence = webhook.job"
        return try Row.fetchAll(db, sql: sql).reduce(into: [:]) { $0[$1[0]] = try Webhook($1, from: 1) }
    }

    static func nextAttempt(_ db: Database) throws -> Date? {
        let sql = "SELECT MIN(next_attempt_at) FROM webhook INDEXED BY webhook_queue WHERE state = 'pending'"
        return try Int64.fetchOne(db.cachedStatement(sql: sql)).map { Date(milliseconds: $0) }
    }

    static func claim(_ db: Database, limit: Int, lease: Duration, at now: Date) throws -> [DueWebhook] {
        let until = now.advanced(by: lease).milliseconds
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: claiming), arguments: [until, now.milliseconds, limit])
        return try rows.map { DueWebhook(job: $0[0], webhook: try Webhook($0, from: 1)) }
            .sorted { ($0.webhook.dueAt ?? now, $0.job) < ($1.webhook.dueAt ?? now, $1.job) }
    }

    static func record(_ db: Database, _ job: String, _ attempt: WebhookAttempt, at now: Date) throws -> Webhook? {
        guard var webhook = try webhook(db, of: job) else { return nil }
        webhook.record(attempt, at: now)
        try db.cachedStatement(sql: updating).execute(arguments: [
            webhook.state.rawValue, webhook.attempts, webhook.lastStatus, webhook.lastError,
            webhook.nextAttemptAt?.milliseconds, webhook.deliveredAt?.milliseconds, webhook.target.secret, job,
        ])
        return webhook
    }
}

extension Webhook {
    /// Reads the columns from number `first` on.
    fileprivate init(_ row: Row, from first: Int) throws {
        self.init(WebhookTarget(url: row[first], secret: row[first + 1]))
        let name: String = row[first + 2]
        guard let state = State(rawValue: name) else {
            throw JobStoreError(code: .corrupt, message: "a webhook is in the unknown state '\(name)'")
        }
        func date(_ offset: Int) -> Date? { (row[first + offset] as Int64?).map { Date(milliseconds: $0) } }
        self.state = state
        attempts = row[first + 3]
        lastStatus = row[first + 4]
        lastError = row[first + 5]
        (dueAt, nextAttemptAt, deliveredAt) = (date(6), date(7), date(8))
    }
}

// The members' documentation is the protocol's; DocC shows it here too.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteJobStore: WebhookStore {
    public func webhook(of job: String) async throws -> Webhook? {
        try await read { db in try SQLiteWebhooks.webhook(db, of: job) }
    }

    public func webhooks() async throws -> [String: Webhook] {
        try await read { db in try SQLiteWebhooks.all(db) }
    }

    public func nextWebhookAttempt() async throws -> Date? {
        try await read { db in try SQLiteWebhooks.nextAttempt(db) }
    }

    public func claimWebhooks(limit: Int, lease: Duration) async throws -> [DueWebhook] {
        let now = now()
        return try await write { db in try SQLiteWebhooks.claim(db, limit: limit, lease: lease, at: now) }
    }

    public func recordWebhook(_ job: String, _ attempt: WebhookAttempt) async throws -> Webhook? {
        let now = now()
        return try await write { db in try SQLiteWebhooks.record(db, job, attempt, at: now) }
    }
}
