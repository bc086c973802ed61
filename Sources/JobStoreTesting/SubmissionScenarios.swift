import Foundation
import JobStore

/// What every driver does with submissions and idempotency keys.
enum SubmissionScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        [
            JobStoreScenario("aSubmittedJobWaitsWithEverythingItWasGiven", aSubmittedJobWaitsWithEverythingItWasGiven),
            JobStoreScenario("textComesBackByteForByte", textComesBackByteForByte),
            JobStoreScenario("theClockIsReadInWholeMilliseconds", theClockIsReadInWholeMilliseconds),
            JobStoreScenario("anUnknownIdHasNoJob", anUnknownIdHasNoJob),
            JobStoreScenario(
                "aRepeatedKeyReturnsTheFirstJobAsItStandsNow", aRepeatedKeyReturnsTheFirstJobAsItStandsNow),
            JobStoreScenario(
                "aKeyWithAnotherDigestIsAConflictAndStoresNothing", aKeyWithAnotherDigestIsAConflictAndStoresNothing),
            JobStoreScenario(
                "keysOfTwoScopesHaveNothingToDoWithEachOther", keysOfTwoScopesHaveNothingToDoWithEachOther),
            JobStoreScenario("aKeyIsForgottenWhenItsLifetimeEnds", aKeyIsForgottenWhenItsLifetimeEnds),
            JobStoreScenario("deletingAJobForgetsItsKey", deletingAJobForgetsItsKey),
            JobStoreScenario("ofManySimultaneousRepeatsOneStartsTheJob", ofManySimultaneousRepeatsOneStartsTheJob),
            JobStoreScenario("aFullQueueTakesNoNewJobButAnswersARepeat", aFullQueueTakesNoNewJobButAnswersARepeat),
        ]
        + unacceptable.map { value in
            JobStoreScenario("whatCannotBeStoredFaithfullyIsRefused(\(value))") {
                try await whatCannotBeStoredFaithfullyIsRefused($0, value)
            }
        }

    static func aSubmittedJobWaitsWithEverythingItWasGiven(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let new = NewJob(
            dataset: "points.csv", datasetETag: "\"e\"", datasetVersion: "sha256-1",
            labels: ["team": "blue", "n": "7", "": "empty name"], parameters: #"{"k":3}"#, kind: "cluster",
            maximumAttempts: 5, priority: -2, retention: .milliseconds(1_500),
            traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let job = try await fixture.store.accept(new)

        try expect(
            job
                == Job(
                    id: job.id, createdAt: fixture.clock.now, retention: .milliseconds(1_500), dataset: "points.csv",
                    datasetETag: "\"e\"", datasetVersion: "sha256-1",
                    labels: ["team": "blue", "n": "7", "": "empty name"], parameters: #"{"k":3}"#,
                    maximumAttempts: 5, priority: -2, kind: "cluster",
                    traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        try expect(job.id.hasPrefix("job_"))
        try expect(try await fixture.store.job(job.id) == job)
        try expect(try await fixture.store.claimNext(worker: "w")?.traceParent == new.traceParent)
    }

    static func textComesBackByteForByte(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let odd = "q'\"\\ \n\t π 🧮 e\u{301} \u{1}"
        var new = NewJob.sample(dataset: odd, version: odd, labels: [odd: odd], kind: odd)
        new.parameters = odd
        let job = try await store.accept(new)
        let read = try require(try await store.job(job.id))
        for text in [read.dataset, read.datasetVersion, read.labels[odd], read.kind, read.parameters] {
            try expect(text.map { Array($0.utf8) } == Array(odd.utf8))
        }
    }

    static func theClockIsReadInWholeMilliseconds(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open(clock: TestClock(Date(timeIntervalSince1970: 1_750_000_000.123_456)))
        let job = try await fixture.store.accept()
        try expect(abs(job.createdAt.timeIntervalSince1970 - 1_750_000_000.123) < 1e-6)
        try expect(try await fixture.store.job(job.id)?.createdAt == job.createdAt)
    }

    static func anUnknownIdHasNoJob(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        try expect(try await store.job("job_nobody") == nil)
        try expect(try await store.isExpired("job_nobody") == false)
    }

    static func aRepeatedKeyReturnsTheFirstJobAsItStandsNow(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let key = IdempotencyKey(key: "nightly", scope: "alice", digest: "d1")
        let first = try await store.accept(.sample(key: key))
        try expect(try await store.submit(.sample(key: key)) == .replayed(first))

        let running = try require(try await store.claimNext(worker: "w"))
        try expect(try await store.submit(.sample(key: key)) == .replayed(running))
        try expect(try await store.counts() == [.running: 1])
    }

    static func aKeyWithAnotherDigestIsAConflictAndStoresNothing(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d1")))
        let second = try await store.submit(.sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d2")))
        try expect(second == .conflict)
        try expect(try await store.counts() == [.queued: 1])
    }

    static func keysOfTwoScopesHaveNothingToDoWithEachOther(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let alice = try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "alice", digest: "d")))
        let bob = try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "bob", digest: "d")))
        try expect(alice.id != bob.id)
    }

    static func aKeyIsForgottenWhenItsLifetimeEnds(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .seconds(60))
        let first = try await fixture.store.accept(.sample(key: key))
        fixture.clock.advance(seconds: 59.999)
        try expect(try await fixture.store.submit(.sample(key: key)) == .replayed(first))
        fixture.clock.advance(seconds: 0.001)
        let second = try await fixture.store.accept(.sample(key: key))
        try expect(second.id != first.id)
        try expect(try await fixture.store.submit(.sample(key: key)) == .replayed(second))
    }

    static func deletingAJobForgetsItsKey(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let first = try await store.accept(.sample(key: key))
        _ = try await store.requestCancel(first.id)
        try expect(try await store.delete(first.id) == .deleted)
        try expect(try await store.accept(.sample(key: key)).id != first.id)
    }

    static func ofManySimultaneousRepeatsOneStartsTheJob(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let ids = try await withThrowingTaskGroup(of: (id: String, isNew: Bool).self) { group in
            for _ in 0..<32 {
                group.addTask {
                    switch try await store.submit(.sample(key: key)) {
                    case .accepted(let job): (job.id, true)
                    case .replayed(let job): (job.id, false)
                    case .conflict, .expired, .queueFull, .tenantFull: throw UnexpectedOutcome()
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try expect(ids.count { $0.isNew } == 1)
        try expect(Set(ids.map(\.id)).count == 1)
    }

    static func aFullQueueTakesNoNewJobButAnswersARepeat(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        var job = NewJob.sample(key: key)
        job.queueLimit = 2
        let first = try await store.accept(job)
        var other = NewJob.sample()
        other.queueLimit = 2
        _ = try await store.accept(other)
        try expect(try await store.submit(other) == .queueFull)
        try expect(try await store.counts() == [.queued: 2])
        try expect(try await store.submit(job) == .replayed(first))
        _ = try await store.claimNext(worker: "w")
        _ = try await store.accept(other)
    }

    static let unacceptable: [NewJob] = [
        .sample(maximumAttempts: 0), .sample(retention: .seconds(-1)), .sample(retention: .seconds(Int64.max)),
        .sample(dataset: "a\0b"), .sample(version: "\0"), .sample(labels: ["a\0": "b"]), .sample(labels: ["a": "\0"]),
        .sample(kind: "\0"), .sample(key: IdempotencyKey(key: "k\0", scope: "s", digest: "d")),
        .sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .zero)),
        .sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .seconds(Int64.max))),
    ]

    static func whatCannotBeStoredFaithfullyIsRefused(_ driver: StoreUnderTest, _ job: NewJob) async throws {
        let store = try await driver.open().store
        try await expectError(.invalidArgument) { _ = try await store.submit(job) }
        try expect(try await store.counts().isEmpty)
    }
}
