import Foundation
import JobStore

/// The drivers that the conformance suites run over; a new driver is a new case.
enum StoreDriver: String, CaseIterable, Sendable {
    case memory
    case sqlite

    func open(
        clock: TestClock = TestClock(),
        tombstoneLifetime: Duration = .seconds(86_400),
        identifiers: @escaping @Sendable (Date) -> String = { SortableIdentifier.make(prefix: "job", at: $0) }
    ) throws -> StoreFixture {
        switch self {
        case .memory:
            let store = InMemoryJobStore(
                tombstoneLifetime: tombstoneLifetime, now: { clock.now }, identifiers: identifiers)
            return StoreFixture(store: store, clock: clock)
        case .sqlite:
            let directory = try TemporaryDirectory()
            let store = try SQLiteJobStore(
                path: directory.file("jobs.sqlite"), tombstoneLifetime: tombstoneLifetime,
                now: clock.keeping(directory), identifiers: identifiers)
            return StoreFixture(store: store, clock: clock)
        }
    }
}

/// A fresh store with the clock it reads.
struct StoreFixture: Sendable {
    let store: any JobStore
    let clock: TestClock
}
