import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// What is said of a file before anybody opens it for good.
@Suite struct SQLiteExaminationTests {
    private let fixture: SQLiteFixture

    init() throws { fixture = try SQLiteFixture() }

    private func examine() throws -> SQLiteJobStore.Examination {
        try SQLiteJobStore.examine(path: fixture.path, busyTimeout: .milliseconds(50))
    }

    private func code() -> JobStoreError.Code? {
        do {
            _ = try examine()
            return nil
        } catch {
            return (error as? JobStoreError)?.code
        }
    }

    @Test func aWholeFileIsWholeWhileItIsOpenAndAfterwards() async throws {
        #expect(try examine() == .missing)
        let store = try fixture.open()
        try await store.accept()
        #expect(try examine() == .whole(jobs: 1))
        try await store.accept()
        #expect(try examine() == .whole(jobs: 2), "what is in the log alone counts")
        try store.close()
        #expect(try examine() == .whole(jobs: 2))
        #expect(try await fixture.open().counts() == [.queued: 2])
    }

    @Test func damageAndForeignFilesAreFound() async throws {
        let store = try fixture.open()
        for _ in 0..<200 { try await store.accept() }
        try store.close()
        let file = URL(fileURLWithPath: fixture.path)
        let whole = try Data(contentsOf: file)
        var bytes = whole
        // Pages in the middle, which opening alone does not look at.
        for index in whole.count / 2..<whole.count / 2 + 3 * 4_096 { bytes[index] = 0xA5 }
        try bytes.write(to: file)
        #expect(code() == .corrupt)
        try Data("no database, but long enough to be taken for one by a glance at its size".utf8).write(to: file)
        #expect(code() == .corrupt)
        bytes = whole
        bytes[71] ^= 1
        try bytes.write(to: file)
        #expect(code() == .foreign)
        try whole.write(to: file)
        #expect(try examine() == .whole(jobs: 200))
    }

    @Test func aStoreThatTakesNoWriteSaysSo() async throws {
        let store = try fixture.open()
        try await store.checkWritable()
        var configuration = GRDB.Configuration()
        // The transaction stays open between two calls.
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        await expectError(.locked) { try await store.checkWritable() }
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await store.checkWritable()
        // As a write does that comes upon a damaged page.
        await expectError(.corrupt) {
            try await store.write { _ throws -> Void in throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        }
        await expectError(.corrupt) { try await store.checkWritable() }
        try await store.accept()
        try await store.checkWritable()
    }

    @Test func aFullDiskIsTriedAnewUntilThereIsRoom() async throws {
        let store = try fixture.open()
        func version() async throws -> Int? {
            try await store.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
        }
        try await store.checkWritable()
        #expect(try await version() == 0, "nothing is written for a look")
        // No page beyond those that there are.
        try await store.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        await expectError(.full) {
            for _ in 0..<10_000 { try await store.accept() }
        }
        try await store.checkWritable()
        #expect(try await version() == 1, "a write that succeeded shows it")
        try await store.checkWritable()
        #expect(try await version() == 1)
    }

    private func change(_ sql: String) throws {
        try DatabaseQueue(path: fixture.path).write { db in try db.execute(sql: sql) }
    }

    @Test(arguments: [
        "DROP TABLE webhook", "DROP TABLE grdb_migrations", "ALTER TABLE model RENAME COLUMN tenant TO whose",
        "CREATE TABLE more (a)", "DELETE FROM grdb_migrations",
    ])
    func aFileThatLacksPartsIsDamaged(sql: String) throws {
        try fixture.open().close()
        #expect(try examine() == .whole(jobs: 0))
        try change(sql)
        #expect(code() == .corrupt)
    }

    @Test func otherVersionsAreTold() async throws {
        let store = try fixture.open()
        try store.close()
        try change("DELETE FROM grdb_migrations WHERE identifier LIKE '6:%'")
        #expect(try examine() == .earlierVersion(jobs: 0))
        try change("INSERT INTO grdb_migrations VALUES ('99: later')")
        #expect(code() == .foreign)
    }
}
