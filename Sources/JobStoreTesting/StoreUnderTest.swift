public import Foundation
public import JobStore

/// A driver that is to be held to the contract: how an empty store of it is opened.
public struct StoreUnderTest: Sendable, CustomStringConvertible {
    /// What a store is opened with.
    public struct Settings: Sendable {
        /// The clock that the store reads.
        public let clock: TestClock
        /// How long it remembers the ids of what expired.
        public let tombstoneLifetime: Duration
        /// How it names new jobs.
        public let identifiers: @Sendable (Date) -> String
    }

    /// The name of the driver.
    public let description: String
    private let make: @Sendable (Settings) async throws -> any JobStore

    /// A driver whose stores `make` opens, each empty and apart from all others.
    public init(_ name: String, make: @escaping @Sendable (Settings) async throws -> any JobStore) {
        description = name
        self.make = make
    }

    /// The store in memory, which is short enough to be right by inspection.
    public static let memory = StoreUnderTest("memory") { settings in
        InMemoryJobStore(
            tombstoneLifetime: settings.tombstoneLifetime, now: { settings.clock.now },
            identifiers: settings.identifiers)
    }

    func open(
        clock: TestClock = TestClock(), tombstoneLifetime: Duration = .seconds(86_400),
        identifiers: @escaping @Sendable (Date) -> String = { SortableIdentifier.make(prefix: "job", at: $0) }
    ) async throws -> StoreFixture {
        let settings = Settings(clock: clock, tombstoneLifetime: tombstoneLifetime, identifiers: identifiers)
        return StoreFixture(store: try await make(settings), clock: clock)
    }
}

/// A fresh store with the clock it reads.
struct StoreFixture: Sendable {
    let store: any JobStore
    let clock: TestClock
}
