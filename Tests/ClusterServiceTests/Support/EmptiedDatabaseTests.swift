import Foundation
import HTTPTypes
import Logging
import Testing

@testable import ClusterService
@testable import JobStore

@Suite struct EmptiedDatabaseTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func check() throws { try EmptiedDatabase.check(in: directory.path, logger: .silent) }

    /// Waits until a service that was stopped has closed its database, which else writes to it once more.
    private func waitForClosedStore() async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try StoreLock(path: "\(directory.path)/jobs.sqlite").release()
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func anEmptyFileBesideDataIsRefusedWithTheWayOut() async throws {
        var test: TestService? = try await TestService(directory)
        let stored = try await test?.send(.put, "/v1/datasets/plane", body: "x,y\n0,0\n9,9\n")
        #expect(stored?.status == 201)
        await test?.service.stop()
        test = nil
        try await waitForClosedStore()
        for name in ["jobs.sqlite-wal", "jobs.sqlite-shm"] { try? removeFile("\(directory.path)/\(name)") }
        try writeFile("\(directory.path)/jobs.sqlite", "")
        do {
            _ = try await TestService(directory)
            Issue.record("the service started")
        } catch let error as ServiceStartError {
            #expect(error.description.contains("jobs.sqlite is empty"))
            #expect(error.description.contains("remove the empty file"))
        }
        try removeFile("\(directory.path)/jobs.sqlite")
        let again = try await TestService(directory)
        #expect(try await again.send(.get, "/v1/datasets/plane").status == 200)
        await again.service.stop()
    }

    @Test func aDirectoryWithoutDataMayHaveAnEmptyFile() throws {
        try check()
        try writeFile("\(directory.path)/jobs.sqlite", "")
        try check()
    }

    @Test func aLogWithoutItsDatabaseIsNotThrownAway() throws {
        let file = "\(directory.path)/jobs.sqlite"
        try writeFile("\(file)-wal", "something")
        for isThere in [false, true] {
            if isThere { try writeFile(file, "") }
            #expect(throws: ServiceStartError.self) { try check() }
            #expect(throws: ServiceStartError.self) { _ = try Service.examineJobs(in: directory.path) }
            #expect(try String(contentsOfFile: "\(file)-wal", encoding: .utf8) == "something")
        }
        try writeFile(file, "a database")
        try check()
    }

    @Test func aLinkToNothingIsNotReplaced() throws {
        let file = "\(directory.path)/jobs.sqlite"
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "\(directory.path)/away")
        #expect(throws: ServiceStartError.self) { try check() }
        try writeFile("\(directory.path)/away", "a database")
        try check()
    }
}
