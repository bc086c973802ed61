import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// Writes that share a transaction neither disturb nor wait for each other more than they must.
@Suite struct GroupCommitTests {
    /// Runs writes that all gather behind one that blocks, so that they share a transaction.
    private func together<Value: Sendable>(
        _ store: SQLiteJobStore, _ count: Int, _ write: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Result<Value, any Error>] {
        let gate = DispatchSemaphore(value: 0)
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await store.write { _ in
                enter.finish()
                gate.wait()
            }
        }
        for await _ in entered {}
        let tasks = (0..<count).map { number in Task { try await write(number) } }
        while store.waitingWrites < count { try await Task.sleep(for: .milliseconds(1)) }
        gate.signal()
        try await first.value
        var results: [Result<Value, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test func allThatGatheredAreStored() async throws {
        let store = try SQLiteFixture().open()
        let jobs = try await together(store, 50) { _ in try await store.accept() }.map { try $0.get() }
        #expect(Set(jobs.map(\.id)).count == 50)
        #expect(try await store.counts() == [.queued: 50])
    }

    @Test func oneThatFailsUndoesOnlyItself() async throws {
        let store = try SQLiteFixture().open()
        let results = try await together(store, 20) { number in
            try await store.write { db in
                try db.execute(sql: "INSERT INTO tombstone (id, expired_at) VALUES ('t\(number)', 1)")
                if number.isMultiple(of: 3) { throw UnexpectedOutcome() }
            }
        }
        for (number, result) in results.enumerated() {
            #expect((try? result.get()) == nil ? number.isMultiple(of: 3) : !number.isMultiple(of: 3))
        }
        let stored = try await store.read { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM tombstone") }
        #expect(stored == 13)
    }

    @Test func aFullDiskFailsAllOfThemAndStoresNothing() async throws {
        let store = try SQLiteFixture().open()
        let job = try await store.start()
        let limit = try await store.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            return try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 2)") ?? 0
        }
        let results = try await together(store, 4) { number in
            try await store.appendResultChunk(job.id, attempt: 1, index: number, data: Data(count: 1 << 20))
        }
        for result in results {
            #expect(throws: JobStoreError.self) { try result.get() }
        }
        #expect(try await store.job(job.id) == job)
        _ = try await store.write { db in try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(limit * 1_000)") }
        try await store.succeed(job)
        #expect(try await store.summary(job.id)?.chunkCount == 0)
    }

    @Test func aWriteThatMayWaitForItsSyncIsNotSynced() async throws {
        let store = try SQLiteFixture().open()
        let read: @Sendable (Database) throws -> Int? = { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(try await store.write(.soon, read) == 1)
        #expect(try await store.write(.now, read) == 2)
        #expect(try await store.write(.soon, read) == 1)
    }
}
