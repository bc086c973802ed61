import Foundation
import JobStore

/// What every driver does with listings and questions about datasets.
enum ListingScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        [
            JobStoreScenario("anEmptyListingHasNoNextPage", anEmptyListingHasNoNextPage),
            JobStoreScenario("aCursorStaysValidWhileJobsComeAndGo", aCursorStaysValidWhileJobsComeAndGo),
            JobStoreScenario("aForeignCursorIsRefused", aForeignCursorIsRefused),
            JobStoreScenario(
                "aFilterShowsExactlyTheJobsThatMatchAllItsParts", aFilterShowsExactlyTheJobsThatMatchAllItsParts),
            JobStoreScenario("aFilterMeansItsTextLiterally", aFilterMeansItsTextLiterally),
            JobStoreScenario("aDatasetIsInUseUntilItsLastJobEnds", aDatasetIsInUseUntilItsLastJobEnds),
            JobStoreScenario("contentIsKeptForJobsThatReadItOrGiveItOut", contentIsKeptForJobsThatReadItOrGiveItOut),
        ]
        + [1, 2, 3, 7, 10].map { value in
            JobStoreScenario("pagesShowEveryJobOnceNewestFirst(\(value))") {
                try await pagesShowEveryJobOnceNewestFirst($0, value)
            }
        }

    static func pagesShowEveryJobOnceNewestFirst(_ driver: StoreUnderTest, _ pageSize: Int) async throws {
        let store = try await driver.open().store
        var ids: [String] = []
        for _ in 0..<7 { ids.append(try await store.accept().id) }
        try expect(try await store.allIDs(pageSize: pageSize) == ids.reversed())
    }

    static func anEmptyListingHasNoNextPage(_ driver: StoreUnderTest) async throws {
        try expect(try await driver.open().store.jobs(limit: 5) == JobPage(jobs: [], nextCursor: nil))
    }

    static func aCursorStaysValidWhileJobsComeAndGo(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var ids: [String] = []
        for _ in 0..<6 { ids.append(try await store.accept().id) }
        let first = try await store.jobs(limit: 2)
        try expect(first.jobs.map(\.id) == [ids[5], ids[4]])

        // A new job, and the job at which the page ended and the next one go.
        try await store.accept()
        for id in [ids[4], ids[3]] {
            _ = try await store.requestCancel(id)
            _ = try await store.delete(id)
        }
        let second = try await store.jobs(matching: JobFilter(), limit: 10, after: first.nextCursor)
        try expect(second.jobs.map(\.id) == [ids[2], ids[1], ids[0]])
        try expect(second.nextCursor == nil)
    }

    static func aForeignCursorIsRefused(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        try await expectError(.invalidCursor) {
            _ = try await store.jobs(matching: JobFilter(), limit: 1, after: "'; DROP TABLE job")
        }
        try await expectError(.invalidCursor) { _ = try await store.models(limit: 1, after: "x") }
        try await expectError(.invalidArgument) { _ = try await store.jobs(limit: 0) }
    }

    static func aFilterShowsExactlyTheJobsThatMatchAllItsParts(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let done = try await store.start(.sample(dataset: "a.csv", labels: ["team": "red", "run": "1"]))
        try await store.succeed(done)
        let first = try await store.accept(.sample(dataset: "a.csv", labels: ["team": "red"])).id
        let second = try await store.accept(.sample(dataset: "b.csv", labels: ["team": "blue"])).id
        let third = try await store.accept(.sample(dataset: nil, labels: ["crew": "red"], kind: "cluster")).id

        func ids(_ filter: JobFilter) async throws -> [String] { try await store.allIDs(matching: filter, pageSize: 2) }
        try expect(try await ids(JobFilter()) == [third, second, first, done.id])
        try expect(try await ids(JobFilter(states: [.queued])) == [third, second, first])
        try expect(try await ids(JobFilter(states: [.queued, .succeeded])) == [third, second, first, done.id])
        try expect(try await ids(JobFilter(states: [])) == [])
        try expect(try await ids(JobFilter(dataset: "a.csv")) == [first, done.id])
        try expect(try await ids(JobFilter(dataset: "A.csv")) == [])
        try expect(try await ids(JobFilter(label: ("team", "red"))) == [first, done.id])
        try expect(try await ids(JobFilter(label: ("red", "team"))) == [])
        try expect(try await ids(JobFilter(kind: "cluster")) == [third])
        try expect(
            try await ids(JobFilter(states: [.succeeded], dataset: "a.csv", label: ("team", "red"), kind: "job"))
                == [done.id])
        try expect(try await ids(JobFilter(dataset: "b.csv", label: ("team", "red"))) == [])
    }

    static func aFilterMeansItsTextLiterally(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.accept(.sample(dataset: "100%_' OR 1=1", labels: ["%": "_"]))
        try await store.accept()
        try expect(try await store.allIDs(matching: JobFilter(dataset: "100%_' OR 1=1"), pageSize: 5) == [job.id])
        try expect(try await store.allIDs(matching: JobFilter(label: ("%", "_")), pageSize: 5) == [job.id])
        try expect(try await store.allIDs(matching: JobFilter(dataset: "%"), pageSize: 5) == [])
    }

    static func aDatasetIsInUseUntilItsLastJobEnds(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let done = try await store.start(.sample(dataset: "a.csv"))
        let cancelling = try await store.start(.sample(dataset: "a.csv"))
        let queued = try await store.accept(.sample(dataset: "a.csv"))
        try await store.accept(.sample(dataset: "b.csv"))
        _ = try await store.requestCancel(cancelling.id)
        try expect(try await store.activeJobs(usingDataset: "a.csv") == 3)
        try await store.succeed(done)
        _ = try await store.requestCancel(queued.id)
        try expect(try await store.activeJobs(usingDataset: "a.csv") == 1)
        _ = try await store.confirmCancelled(cancelling.id, attempt: 1)
        try expect(try await store.activeJobs(usingDataset: "a.csv") == 0)
        try expect(try await store.activeJobs(usingDataset: "b.csv") == 1)
    }

    static func contentIsKeptForJobsThatReadItOrGiveItOut(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
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
        let all = Set(JobState.allCases.map(\.rawValue))
        try expect(
            try await store.datasetVersionsInUse(among: all) == ["succeeded", "cancelling", "running", "queued"])
        _ = try await store.delete(succeeded.id)
        try expect(try await store.datasetVersionsInUse(among: all) == ["cancelling", "running", "queued"])
    }
}
