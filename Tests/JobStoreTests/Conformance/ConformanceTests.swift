import JobStore
import JobStoreTesting
import Testing

/// Every driver keeps the whole contract.
@Suite struct ConformanceTests {
    static let drivers = [
        StoreUnderTest.memory,
        StoreUnderTest("sqlite") { settings in
            let directory = try TemporaryDirectory()
            return try SQLiteJobStore(
                path: directory.file("jobs.sqlite"), tombstoneLifetime: settings.tombstoneLifetime,
                now: settings.clock.keeping(directory), identifiers: settings.identifiers)
        },
    ]

    @Test(arguments: JobStoreScenario.all, drivers)
    func theDriverKeepsTheContract(_ scenario: JobStoreScenario, _ driver: StoreUnderTest) async throws {
        try await scenario.run(on: driver)
    }

    @Test func noScenarioIsThereTwice() {
        let names = JobStoreScenario.all.map(\.description)
        #expect(Set(names).count == names.count)
        #expect(names.count > 100)
    }
}
