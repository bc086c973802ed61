import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// The database itself refuses what the contract forbids, whoever writes.
@Suite struct SQLiteSchemaTests {
    /// A statement that the schema must refuse on a job in a state.
    static let violations: [(state: JobState, change: String)] = [
        (.queued, "state = 'paused'"),
        (.queued, "state = 'succeeded'"),
        (.queued, "state = 'running'"),
        (.queued, "finished_at = 1"),
        (.queued, "expires_at = 1"),
        (.queued, "worker = 'w'"),
        (.queued, "lease_expires_at = 1"),
        (.queued, "memory = -1"),
        (.queued, "turn = -1"),
        (.queued, "tenant = NULL"),
        (.queued, "attempt = -1"),
        (.queued, "releases = 1"),
        (.queued, "releases = -1"),
        (.queued, "maximum_attempts = 0"),
        (.queued, "revision = 0"),
        (.queued, "retention = -1"),
        (.queued, "error = '{}'"),
        (.queued, "priority = 'high'"),
        (.queued, "summary = x'00'"),
        (.queued, "chunk_count = 0"),
        (.queued, "dataset_version = NULL"),
        (.running, "worker = NULL"),
        (.running, "lease_expires_at = NULL"),
        (.running, "available_at = 1"),
        (.running, "state = 'cancelling'"),
        (.running, "state = 'failed', worker = NULL"),
        (.running, "state = 'failed', worker = NULL, finished_at = 1"),
        (.running, "state = 'cancelled', worker = NULL"),
        (.cancelling, "worker = NULL"),
        (.succeeded, "finished_at = NULL"),
        (.succeeded, "model = NULL"),
        (.succeeded, "model = 'mdl_nobody'"),
        (.succeeded, "summary = NULL"),
        (.succeeded, "chunk_count = NULL"),
        (.succeeded, "state = 'cancelled'"),
        (.succeeded, "error = '{}'"),
        (.failed, "error = NULL"),
        (.failed, "finished_at = NULL"),
        (.cancelled, "finished_at = NULL"),
        (.cancelled, "state = 'queued'"),
    ]

    @Test(arguments: violations)
    func aRowThatBreaksTheContractIsRefused(_ state: JobState, _ change: String) async throws {
        let store = try SQLiteFixture().open()
        let job = try await store.job(in: state)
        await #expect(throws: JobStoreError.self) {
            try await store.write { db in
                try db.execute(sql: "UPDATE job SET \(change) WHERE id = ?", arguments: [job.id])
            }
        }
        #expect(try await store.job(job.id) == job)
    }

    @Test func aModelInUseCannotBeTakenOut() async throws {
        let store = try SQLiteFixture().open()
        _ = try await store.job(in: .succeeded)
        await #expect(throws: JobStoreError.self) {
            try await store.write { db in try db.execute(sql: "DELETE FROM model") }
        }
    }

    @Test func everythingOfADeletedJobGoesWithIt() async throws {
        let store = try SQLiteFixture().open()
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let job = try await store.start(.sample(labels: ["a": "b"], key: key))
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        try await store.succeed(job)
        _ = try await store.deleteModel("mdl_1")
        _ = try await store.delete(job.id)
        let rows = try await store.read { db in
            try ["job", "job_label", "model", "result_chunk", "idempotency_key"].map { table in
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(table)") ?? -1
            }
        }
        #expect(rows == [0, 0, 0, 0, 0])
    }

    /// What runs often must search an index, and sort no more than the rows it is about to change.
    @Test(arguments: [
        (SQLiteQueue.next, "job_queue", false),
        (SQLiteUpkeep.selectHeld, "job_by_state", true),
        (SQLiteUpkeep.selectLapsed, "job_by_lease", true),
        (SQLiteUpkeep.selectDue, "job_by_expiry", true),
        (SQLiteListing.selectOldestQueued, "job_by_state", false),
        (SQLiteListing.selectVersionInUse, "job_by_dataset_version", false),
        (SQLiteUpkeep.deleteDueModels, "model_by_expiry", false),
        (SQLiteResults.selectChunk, "sqlite_autoindex_result_chunk_1", false),
        (SQLiteResults.selectSummary, "sqlite_autoindex_job_1", false),
        ("SELECT id FROM job WHERE state IN (?) AND sequence < ? ORDER BY sequence DESC", "job_by_state", false),
        ("SELECT id FROM job WHERE dataset = ? AND sequence < ? ORDER BY sequence DESC", "job_by_dataset", false),
        ("SELECT state, COUNT(*) FROM job GROUP BY state", "job_by_state", false),
    ])
    func frequentStatementsUseAnIndex(_ sql: String, _ index: String, _ maySort: Bool) async throws {
        let store = try SQLiteFixture().open()
        let plan = try await store.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            let marks = sql.count { $0 == "?" }
            return try Row.fetchAll(statement, arguments: StatementArguments(repeatElement(0, count: marks)))
                .map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.contains("SCAN job") && !$0.contains("INDEX") }, "\(plan)")
        #expect(maySort || !plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    @Test func theSchemaIsMigratedOnce() async throws {
        let fixture = try SQLiteFixture()
        for _ in 0..<2 {
            let store = try fixture.open()
            let applied = try await store.read { db in try SQLiteSchema.migrator.appliedMigrations(db) }
            #expect(applied == SQLiteSchema.migrator.migrations)
            try store.close()
        }
    }
}
