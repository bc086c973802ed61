import Foundation
import JobStore
import Testing

/// What every driver does with listings and questions about datasets.
@Suite struct ListingTests {
    @Test(arguments: StoreDriver.allCases, [1, 2, 3, 7, 10])
    func pagesShowEveryJobOnceNewestFirst(_ driver: StoreDriver, _ pageSize: Int) async throws {
        let store = try driver.open().store
        var ids: [String] = []
        for _ in 0..<7 { ids.append(try await store.accept().id) }
        #expect(try await store.allIDs(pageSize: pageSize) == ids.reversed())
    }

    @Test(arguments: StoreDriver.allCases)
    func anEmptyListingHasNoNextPage(_ driver: StoreDriver) async throws {
        #expect(try await driver.open().store.jobs(limit: 5) == JobPage(jobs: [], nextCursor: nil))
    }

    @Test(arguments: StoreDriver.allCases)
    func aCursorStaysValidWhileJobsComeAndGo(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        var ids: [String] = []
        for _ in 0..<6 { ids.append(try await store.accept().id) }
        let first = try await store.jobs(limit: 2)
        #expect(first.jobs.map(\.id) == [ids[5], ids[4]])

        // A new job, and the job at which the page ended and the next one go.
        try await store.accept()
        for id in [ids[4], ids[3]] {
            _ = try await store.requestCancel(id)
            _ = try await store.delete(id)
        }
        let second = try await store.jobs(matching: JobFilter(), limit: 10, after: first.nextCursor)
        #expect(second.jobs.map(\.id) == [ids[2], ids[1], ids[0]])
        #expect(second.nextCursor == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aForeignCursorIsRefused(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        await expectError(.invalidCursor) {
            _ = try await store.jobs(matching: JobFilter(), limit: 1, after: "'; DROP TABLE job")
        }
        await expectError(.invalidCursor) { _ = try await store.models(limit: 1, after: "x") }
        await expectError(.invalidArgument) { _ = try await store.jobs(limit: 0) }
    }

    @Test(arguments: StoreDriver.allCases)
    func aFilterShowsExactlyTheJobsThatMatchAllItsParts(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let done = try await store.start(.sample(dataset: "a.csv", labels: ["team": "red", "run": "1"]))
        try await store.succeed(done)
        let first = try await store.accept(.sample(dataset: "a.csv", labels: ["team": "red"])).id
        let second = try await store.accept(.sample(dataset: "b.csv", labels: ["team": "blue"])).id
        let third = try await store.accept(.sample(dataset: nil, labels: ["crew": "red"], kind: "cluster")).id

        func ids(_ filter: JobFilter) async throws -> [String] { try await store.allIDs(matching: filter, pageSize: 2) }
        #expect(try await ids(JobFilter()) == [third, second, first, done.id])
        #expect(try await ids(JobFilter(states: [.queued])) == [third, second, first])
        #expect(try await ids(JobFilter(states: [.queued, .succeeded])) == [third, second, first, done.id])
        #expect(try await ids(JobFilter(states: [])) == [])
        #expect(try await ids(JobFilter(dataset: "a.csv")) == [first, done.id])
        #expect(try await ids(JobFilter(dataset: "A.csv")) == [])
        #expect(try await ids(JobFilter(label: ("team", "red"))) == [first, done.id])
        #expect(try await ids(JobFilter(label: ("red", "team"))) == [])
        #expect(try await ids(JobFilter(kind: "cluster")) == [third])
        #expect(
            try await ids(JobFilter(states: [.succeeded], dataset: "a.csv", label: ("team", "red"), kind: "job"))
                == [done.id])
        #expect(try await ids(JobFilter(dataset: "b.csv", label: ("team", "red"))) == [])
    }

    @Test(arguments: StoreDriver.allCases)
    func aFilterMeansItsTextLiterally(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.accept(.sample(dataset: "100%_' OR 1=1", labels: ["%": "_"]))
        try await store.accept()
        #expect(try await store.allIDs(matching: JobFilter(dataset: "100%_' OR 1=1"), pageSize: 5) == [job.id])
        #expect(try await store.allIDs(matching: JobFilter(label: ("%", "_")), pageSize: 5) == [job.id])
        #expect(try await store.allIDs(matching: JobFilter(dataset: "%"), pageSize: 5) == [])
    }

    @Test(arguments: StoreDriver.allCases)
    func aDatasetIsInUseUntilItsLastJobEnds(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let done = try await store.start(.sample(dataset: "a.csv"))
        let cancelling = try await store.start(.sample(dataset: "a.csv"))
        let queued = try await store.accept(.sample(dataset: "a.csv"))
        try await store.accept(.sample(dataset: "b.csv"))
        _ = try await store.requestCancel(cancelling.id)
        #expect(try await store.activeJobs(usingDataset: "a.csv") == 3)
        try await store.succeed(done)
        _ = try await store.requestCancel(queued.id)
        #expect(try await store.activeJobs(usingDataset: "a.csv") == 1)
        _ = try await store.confirmCancelled(cancelling.id, attempt: 1)
        #expect(try await store.activeJobs(usingDataset: "a.csv") == 0)
        #expect(try await store.activeJobs(usingDataset: "b.csv") == 1)
    }

    @Test(arguments: StoreDriver.allCases)
    func contentIsKeptForJobsThatReadItOrGiveItOut(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let succeeded = try await store.start(.sample(version: "succeeded"))
        try await store.succeed(succeeded)
        let failed = try await store.start(.sample(version: "failed"))
        _ = try await store.fail(failed.id, attempt: 1, error: "{}")
        let cancelled = try await store.accept(.sample(version: "cancelled"))
        _ = try await store.requestCancel(cancelled.id)
        let cancelling = try await store.start(.sample(version: "cancelling"))
        _ = try await store.requestCancel(cancelling.id)
        _ = try await store.start(.sample(version: "running"))
        try await store.accept(.sample(version: "queued"))
        try await store.accept(.sample(version: "queued"))
        #expect(try await store.datasetVersionsInUse() == ["succeeded", "cancelling", "running", "queued"])
        _ = try await store.delete(succeeded.id)
        #expect(try await store.datasetVersionsInUse() == ["cancelling", "running", "queued"])
    }
}
