import Foundation
import GRDB
import JobStoreTesting
import Testing

@testable import JobStore

/// Trouble with the file becomes an error that names the path and what to do.
@Suite struct JobStoreErrorSQLiteTests {
    @Test func aFileThatIsNoDatabaseIsCorrupt() async throws {
        let fixture = try SQLiteFixture()
        let text = String(repeating: "x,y\n1,2\n", count: 2_000)
        try text.write(toFile: fixture.path, atomically: true, encoding: .utf8)
        let error = await expectError(.corrupt) { _ = try fixture.open() }
        #expect(error?.message.contains(fixture.path) == true)
        #expect(error?.cause is DatabaseError)
        #expect(try String(contentsOfFile: fixture.path, encoding: .utf8) == text)
    }

    @Test func aDamagedPageIsCorrupt() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        for _ in 0..<200 { try await store.accept() }
        try store.close()
        let handle = try #require(FileHandle(forUpdatingAtPath: fixture.path))
        // Everything behind the first page, which holds header and schema.
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xee, count: Int(size) - 4096))
        try handle.close()
        await expectError(.corrupt) {
            let damaged = try fixture.open()
            _ = try await damaged.jobs(limit: 100)
        }
    }

    @Test func aMissingDirectoryIsUnwritable() async throws {
        let path = try TemporaryDirectory().file("missing/jobs.sqlite")
        let error = await expectError(.unwritable) { _ = try SQLiteJobStore(path: path) }
        #expect(error?.message.contains(path) == true)
        #expect(error?.message.contains("directory must exist") == true)
    }

    @Test func aDirectoryInPlaceOfTheFileIsUnwritable() async throws {
        let fixture = try SQLiteFixture()
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        await expectError(.unwritable) { _ = try fixture.open() }
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
        let fixture = try SQLiteFixture()
        let other = try DatabaseQueue(path: fixture.path)
        try await other.write { db in try db.execute(sql: "CREATE TABLE job (id TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        await expectError(.foreign) { _ = try fixture.open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test func aDatabaseOfANewerVersionIsRefused() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        try await store.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99: from the future')")
        }
        try store.close()
        let error = await expectError(.foreign) { _ = try fixture.open() }
        #expect(error?.message.contains("newer version") == true)
    }

    @Test func aProgramThatHoldsTheDatabaseIsReportedAfterTheTimeout() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open(busyTimeout: .milliseconds(30))
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try other.inDatabase { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        let error = await expectError(.locked) { _ = try await store.submit(.sample()) }
        #expect(error?.message.contains(fixture.path) == true)
        try other.inDatabase { db in try db.execute(sql: "COMMIT") }
        try await store.accept()
    }

    @Test func aFullDiskIsReportedAndChangesNothing() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        let job = try await store.start()
        let limit = try await store.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            return try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 4)") ?? 0
        }
        await expectError(.full) {
            try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data(count: 1 << 20))
        }
        #expect(try await store.job(job.id) == job)
        _ = try await store.write { db in try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(limit * 1_000)") }
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data(count: 1 << 20))
    }

    @Test(arguments: [
        (ResultCode.SQLITE_CORRUPT, JobStoreError.Code.corrupt), (.SQLITE_NOTADB, .corrupt), (.SQLITE_BUSY, .locked),
        (.SQLITE_LOCKED, .locked), (.SQLITE_READONLY, .unwritable), (.SQLITE_CANTOPEN, .unwritable),
        (.SQLITE_PERM, .unwritable), (.SQLITE_FULL, .full), (.SQLITE_IOERR, .failure),
        (.SQLITE_IOERR_FSYNC, .failure), (.SQLITE_READONLY_DBMOVED, .unwritable), (.SQLITE_CONSTRAINT, .failure),
        (.SQLITE_MISUSE, .failure),
    ])
    func everyResultCodeHasItsError(_ code: ResultCode, _ expected: JobStoreError.Code) {
        let wrapped = JobStoreError.wrap(DatabaseError(resultCode: code), path: "/somewhere/jobs.sqlite")
        let error = wrapped as? JobStoreError
        #expect(error?.code == expected)
        #expect(error?.message.contains("/somewhere/jobs.sqlite") == true)
        #expect(error?.cause is DatabaseError)
    }

    @Test func errorsOfOursPassUnchanged() {
        let error = JobStoreError.wrap(JobStoreError.unknownJob("job_1"), path: "p") as? JobStoreError
        #expect(error?.code == .unknownJob)
        #expect(JobStoreError.wrap(CancellationError(), path: "p") is CancellationError)
    }
}
