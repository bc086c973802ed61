import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// Files of older versions go on where they were.
@Suite struct SQLiteUpgradeTests {
    /// Jobs in every state as version 1 wrote them, the last number given out being that of a job that is gone.
    private static let version1 = """
        INSERT INTO model (id, job, created_at, expires_at, content) VALUES ('mdl_5', 'job_5', 5000, 95000, x'4d');
        INSERT INTO job (sequence, id, state, revision, created_at, started_at, finished_at, expires_at, retention,
            dataset, dataset_version, labels, parameters, attempt, releases, maximum_attempts, priority, worker,
            stop_reason, error, model, kind, chunk_count, summary) VALUES
            (1, 'job_1', 'queued', 1, 1000, NULL, NULL, NULL, 90000, 'd', 'v1', '{"a":"b"}', '{"k":3}', 0, 0, 3, 5,
                NULL, NULL, NULL, NULL, 'job', NULL, NULL),
            (2, 'job_2', 'queued', 3, 1000, NULL, NULL, NULL, 90000, 'd', 'v1', '{}', '{"k":3}', 1, 1, 3, -5,
                NULL, NULL, NULL, NULL, 'job', NULL, NULL),
            (3, 'job_3', 'running', 2, 1000, 2000, NULL, NULL, NULL, 'd', 'v1', '{}', '{"k":3}', 1, 0, 3, 0,
                'worker-1', NULL, NULL, NULL, 'job', NULL, NULL),
            (4, 'job_4', 'cancelling', 3, 1000, 2000, NULL, NULL, NULL, 'd', 'v1', '{}', '{"k":3}', 1, 0, 3, 0,
                'worker-2', NULL, NULL, NULL, 'job', NULL, NULL),
            (5, 'job_5', 'succeeded', 3, 1000, 2000, 5000, 95000, 90000, 'd', 'v1', '{}', '{"k":3}', 1, 0, 3, 0,
                NULL, 'converged', NULL, 'mdl_5', 'job', 1, x'53'),
            (6, 'job_6', 'failed', 3, 1000, 2000, 5000, NULL, NULL, 'd', 'v1', '{}', '{"k":3}', 1, 0, 3, 0,
                NULL, NULL, '{}', NULL, 'job', NULL, NULL);
        UPDATE sqlite_sequence SET seq = 41 WHERE name = 'job';
        INSERT INTO job_label (name, value, job) VALUES ('a', 'b', 1);
        INSERT INTO result_chunk (job, number, data) VALUES (5, 0, x'43'), (3, 0, x'44');
        INSERT INTO idempotency_key (scope, key, digest, job, created_at, expires_at)
            VALUES ('s', 'k', 'd', 5, 1000, 9000000000000);
        """

    private func upgraded() async throws -> SQLiteJobStore {
        let fixture = try SQLiteFixture()
        let pool = try DatabasePool(path: fixture.path)
        try await pool.write { db in try db.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)") }
        try SQLiteSchema.migrator.migrate(pool, upTo: "1: jobs, results, models")
        try await pool.write { db in try db.execute(sql: Self.version1) }
        try pool.close()
        return try fixture.open()
    }

    @Test func everyJobIsThereAsItWas() async throws {
        let store = try await upgraded()
        let jobs = try await store.jobs(limit: 10).jobs
        #expect(jobs.map(\.id) == ["job_6", "job_5", "job_4", "job_3", "job_2", "job_1"])
        #expect(jobs.map(\.state) == [.failed, .succeeded, .cancelling, .running, .queued, .queued])
        #expect(jobs.map(\.revision) == [3, 3, 3, 2, 3, 1])
        #expect(jobs[1].model == "mdl_5")
        #expect(jobs[1].expiresAt == Date(milliseconds: 95_000))
        #expect(
            try await store.summary("job_5") == JobResult(summary: Data("S".utf8), model: Data("M".utf8), chunkCount: 1)
        )
        #expect(try await store.resultChunk("job_5", index: 0) == Data("C".utf8))
        #expect(try await store.jobs(matching: JobFilter(label: ("a", "b")), limit: 10, after: nil).jobs.count == 1)
    }

    @Test func heldJobsAreRecoveredAndTheQueueKeepsItsOrder() async throws {
        let store = try await upgraded()
        let report = try await store.recover()
        #expect(report == RecoveryReport(requeued: ["job_3"], cancelled: ["job_4"], droppedChunks: 1))
        // Smaller priorities ran first in version 1, and still do.
        #expect(try await store.claimNext(worker: "w")?.id == "job_2")
        #expect(try await store.claimNext(worker: "w")?.id == "job_1")
    }

    @Test func keysAreStillKnown() async throws {
        let store = try await upgraded()
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        guard case .replayed(let job) = try await store.submit(.sample(key: key)) else { throw UnexpectedOutcome() }
        #expect(job.id == "job_5")
    }

    @Test func numbersThatWereGivenOutAreNotGivenOutAgain() async throws {
        let store = try await upgraded()
        try await store.accept()
        let newest = try await store.read { db in try Int.fetchOne(db, sql: "SELECT MAX(sequence) FROM job") }
        #expect(newest == 42)
    }

    @Test func theFileIsWholeAfterwards() async throws {
        let store = try await upgraded()
        let (integrity, orphans) = try await store.read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA integrity_check"),
                try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            )
        }
        #expect(integrity == "ok")
        #expect(orphans == 0)
        #expect(try await store.delete("job_5") == .deleted)
        #expect(try await store.resultChunk("job_5", index: 0) == nil)
    }

    @Test func secretsOfWebhooksThatAreOverAreErased() async throws {
        let fixture = try SQLiteFixture()
        let pool = try DatabasePool(path: fixture.path)
        try await pool.write { db in try db.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)") }
        try SQLiteSchema.migrator.migrate(pool, upTo: "1: jobs, results, models")
        try await pool.write { db in try db.execute(sql: Self.version1) }
        try SQLiteSchema.migrator.migrate(pool, upTo: "5: tenants")
        try await pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO webhook (job, url, secret, state, due_at, next_attempt_at, delivered_at) VALUES
                        (5, 'https://a', 'old', 'delivered', 1, NULL, 2), (6, 'https://a', 'old', 'failed', 1, NULL, NULL),
                        (1, 'https://a', 'new', 'waiting', NULL, NULL, NULL)
                    """)
        }
        try pool.close()
        let secrets = try await fixture.open().webhooks().mapValues(\.target.secret)
        #expect(secrets == ["job_5": "", "job_6": "", "job_1": "new"])
    }
}
