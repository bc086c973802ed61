import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// What only a store on disk promises.
@Suite struct SQLiteJobStoreTests {
    @Test func everythingIsThereAfterOpeningAnew() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let job = try await store.start(.sample(labels: ["a": "b"], retention: .seconds(60), key: key))
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1, 2, 3]))
        let done = try await store.succeed(job)
        let expired = try await store.start(.sample(retention: .zero))
        _ = try await store.fail(expired.id, attempt: 1, error: "{}")
        _ = try await store.expire()
        let queued = try await store.accept()
        try store.close()

        let again = try fixture.open()
        #expect(try await again.recover() == RecoveryReport())
        #expect(try await again.job(done.id) == done)
        #expect(try await again.resultChunk(done.id, index: 0) == Data([1, 2, 3]))
        #expect(try await again.model("mdl_1")?.job == done.id)
        #expect(try await again.submit(.sample(key: key)) == .replayed(done))
        #expect(try await again.isExpired(expired.id))
        #expect(try await again.claimNext(worker: "w")?.id == queued.id)
    }

    @Test func aClosedStoreSaysSo() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        try store.close()
        let error = await expectError(.closed) { _ = try await store.job("job_1") }
        #expect(error?.message.contains(fixture.path) == true)
        await expectError(.closed) { _ = try await store.submit(.sample()) }
        try store.close()
    }

    @Test func theFileIsSetUpForDurabilityAndShrinking() async throws {
        let store = try SQLiteFixture().open()
        let settings = try await store.write { db in
            try ["journal_mode", "synchronous", "auto_vacuum", "foreign_keys", "application_id"].map { name in
                try String.fetchOne(db, sql: "PRAGMA \(name)") ?? ""
            }
        }
        // synchronous 2 is FULL, auto_vacuum 2 is INCREMENTAL.
        #expect(settings == ["wal", "2", "2", "1", "\(SQLiteSchema.applicationID)"])
    }

    @Test func onlyItsOwnerCanReadTheFiles() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        try await store.accept()
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.directory.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func deletedResultsGiveTheirSpaceBack() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        let empty = try await pageCount(store)
        var peak = 0
        for round in 0..<4 {
            let job = try await store.start(.sample(retention: .zero))
            for index in 0..<12 {
                let chunk = Data(repeating: UInt8(round), count: 1 << 20)
                try await store.appendResultChunk(job.id, attempt: 1, index: index, data: chunk)
            }
            try await store.succeed(job, model: "mdl_\(round)")
            peak = max(peak, try await pageCount(store))
            #expect(try await store.expire().jobs == [job.id])
        }
        let after = try await pageCount(store)
        try store.close()
        #expect(peak > empty + 3_000)
        #expect(peak < empty + 3_000 * 2, "space of earlier rounds was not used again")
        #expect(after < empty + 20)
        #expect(try fixture.directory.size(of: "jobs.sqlite") == after * 4096)
    }

    private func pageCount(_ store: SQLiteJobStore) async throws -> Int {
        try await store.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
    }

    @Test func readersAreNotHeldUpByAWriter() async throws {
        let store = try SQLiteFixture().open()
        let job = try await store.accept()
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let writer = Task {
            try await store.write { db in
                try db.execute(sql: "UPDATE job SET parameters = 'changed'")
                enter.finish()
                gate.wait()
            }
        }
        for await _ in entered {}
        #expect(try await store.job(job.id) == job)
        gate.signal()
        try await writer.value
        #expect(try await store.job(job.id)?.parameters == "changed")
    }

    @Test func aFailedTransactionLeavesNoTrace() async throws {
        let store = try SQLiteFixture().open()
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        // The last statement of the transaction fails, after the model was written.
        try await store.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER break BEFORE UPDATE ON job WHEN NEW.state = 'succeeded'
                    BEGIN SELECT RAISE(ABORT, 'disk on fire'); END
                    """)
        }
        let error = await expectError(.failure) { try await store.succeed(job) }
        #expect(error?.message.contains("disk on fire") == true)
        #expect(try await store.model("mdl_1") == nil)
        #expect(try await store.job(job.id) == job)
        try await store.write { db in try db.execute(sql: "DROP TRIGGER break") }
        #expect(try await store.succeed(job).state == .succeeded)
    }

    @Test func aCancelledReaderGetsACancellationError() async throws {
        let store = try SQLiteFixture().open()
        let reader = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await store.job("job_1")
        }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
    }
}
