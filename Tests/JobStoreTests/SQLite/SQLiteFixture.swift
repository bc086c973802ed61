import Foundation
import JobStore
import JobStoreTesting

/// A SQLite store in a directory of its own, that can be closed and opened again.
struct SQLiteFixture: Sendable {
    let directory: TemporaryDirectory
    let clock = TestClock()

    init() throws { directory = try TemporaryDirectory() }

    var path: String { directory.file("jobs.sqlite") }

    func open(busyTimeout: Duration = .milliseconds(50)) throws -> SQLiteJobStore {
        try SQLiteJobStore(path: path, busyTimeout: busyTimeout, now: clock.keeping(directory))
    }
}
