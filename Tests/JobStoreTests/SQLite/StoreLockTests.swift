import Foundation
import JobStoreTesting
import Testing

@testable import JobStore

/// One store, one owner; and what a killed owner leaves behind.
@Suite struct StoreLockTests {
    @Test func aSecondStoreOnTheSameFileIsRefused() async throws {
        let fixture = try SQLiteFixture()
        let store = try fixture.open()
        let error = await expectError(.locked) { _ = try fixture.open() }
        #expect(error?.message.contains(fixture.path) == true)
        try await store.accept()
        try store.close()
        #expect(try await fixture.open().counts() == [.queued: 1])
    }

    @Test func theFileIsFreeAgainWhenTheLastReferenceGoes() async throws {
        let fixture = try SQLiteFixture()
        do {
            let store = try fixture.open()
            try await store.accept()
        }
        #expect(try await fixture.open().counts() == [.queued: 1])
    }

    @Test func theFileIsFreeAgainWhenOpeningFailed() async throws {
        let fixture = try SQLiteFixture()
        try "not a database".write(toFile: fixture.path, atomically: true, encoding: .utf8)
        await expectError(.corrupt) { _ = try fixture.open() }
        try FileManager.default.removeItem(atPath: fixture.path)
        try await fixture.open().accept()
    }

    @Test func whatAKilledProcessHeldIsRecovered() async throws {
        let fixture = try SQLiteFixture()
        let path = fixture.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SQLiteJobStore(path: path)
            let done = try await store.start()
            try await store.appendResultChunk(done.id, attempt: 1, index: 0, data: Data([7]))
            try await store.succeed(done)
            let running = try await store.start(.sample(dataset: "running"))
            try await store.appendResultChunk(running.id, attempt: 1, index: 0, data: Data(count: 1 << 20))
            _ = try await store.start(.sample(dataset: "spent", maximumAttempts: 1))
            let cancelling = try await store.start(.sample(dataset: "cancelling"))
            _ = try await store.requestCancel(cancelling.id)
            kill(getpid(), SIGKILL)
        }

        let store = try fixture.open()
        let report = try await store.recover()
        #expect(report.requeued.count == 1)
        #expect(report.failed.count == 1)
        #expect(report.cancelled.count == 1)
        #expect(report.droppedChunks == 1)
        let jobs = try await store.jobs(limit: 10).jobs
        #expect(jobs.map(\.state) == [.cancelled, .failed, .queued, .succeeded])
        #expect(jobs.map(\.dataset) == ["cancelling", "spent", "running", "points.csv"])
        let done = try #require(jobs.last)
        #expect(try await store.resultChunk(done.id, index: 0) == Data([7]))
        fixture.clock.advance(seconds: 60)
        #expect(try await store.claimNext(worker: "w")?.attempt == 2)
    }
}
