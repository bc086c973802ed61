import Foundation
import JobStore
import Testing

/// What every driver does with submissions and idempotency keys.
@Suite struct SubmissionTests {
    @Test(arguments: StoreDriver.allCases)
    func aSubmittedJobWaitsWithEverythingItWasGiven(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let new = NewJob(
            dataset: "points.csv", datasetETag: "\"e\"", datasetVersion: "sha256-1",
            labels: ["team": "blue", "n": "7", "": "empty name"], parameters: #"{"k":3}"#, kind: "cluster",
            maximumAttempts: 5, priority: -2, retention: .milliseconds(1_500))
        let job = try await fixture.store.accept(new)

        #expect(
            job
                == Job(
                    id: job.id, createdAt: fixture.clock.now, retention: .milliseconds(1_500), dataset: "points.csv",
                    datasetETag: "\"e\"", datasetVersion: "sha256-1",
                    labels: ["team": "blue", "n": "7", "": "empty name"], parameters: #"{"k":3}"#,
                    maximumAttempts: 5, priority: -2, kind: "cluster"))
        #expect(job.id.hasPrefix("job_"))
        #expect(try await fixture.store.job(job.id) == job)
    }

    @Test(arguments: StoreDriver.allCases)
    func textComesBackByteForByte(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let odd = "q'\"\\ \n\t π 🧮 e\u{301} \u{1}"
        var new = NewJob.sample(dataset: odd, version: odd, labels: [odd: odd], kind: odd)
        new.parameters = odd
        let job = try await store.accept(new)
        let read = try #require(try await store.job(job.id))
        for text in [read.dataset, read.datasetVersion, read.labels[odd], read.kind, read.parameters] {
            #expect(text.map { Array($0.utf8) } == Array(odd.utf8))
        }
    }

    @Test(arguments: StoreDriver.allCases)
    func theClockIsReadInWholeMilliseconds(_ driver: StoreDriver) async throws {
        let fixture = try driver.open(clock: TestClock(Date(timeIntervalSince1970: 1_750_000_000.123_456)))
        let job = try await fixture.store.accept()
        #expect(abs(job.createdAt.timeIntervalSince1970 - 1_750_000_000.123) < 1e-6)
        #expect(try await fixture.store.job(job.id)?.createdAt == job.createdAt)
    }

    @Test(arguments: StoreDriver.allCases)
    func anUnknownIdHasNoJob(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        #expect(try await store.job("job_nobody") == nil)
        #expect(try await store.isExpired("job_nobody") == false)
    }

    @Test(arguments: StoreDriver.allCases)
    func aRepeatedKeyReturnsTheFirstJobAsItStandsNow(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let key = IdempotencyKey(key: "nightly", scope: "alice", digest: "d1")
        let first = try await store.accept(.sample(key: key))
        #expect(try await store.submit(.sample(key: key)) == .replayed(first))

        let running = try #require(try await store.claimNext(worker: "w"))
        #expect(try await store.submit(.sample(key: key)) == .replayed(running))
        #expect(try await store.counts() == [.running: 1])
    }

    @Test(arguments: StoreDriver.allCases)
    func aKeyWithAnotherDigestIsAConflictAndStoresNothing(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d1")))
        let second = try await store.submit(.sample(key: IdempotencyKey(key: "k", scope: "s", digest: "d2")))
        #expect(second == .conflict)
        #expect(try await store.counts() == [.queued: 1])
    }

    @Test(arguments: StoreDriver.allCases)
    func keysOfTwoScopesHaveNothingToDoWithEachOther(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let alice = try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "alice", digest: "d")))
        let bob = try await store.accept(.sample(key: IdempotencyKey(key: "k", scope: "bob", digest: "d")))
        #expect(alice.id != bob.id)
    }

    @Test(arguments: StoreDriver.allCases)
    func aKeyIsForgottenWhenItsLifetimeEnds(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .seconds(60))
        let first = try await fixture.store.accept(.sample(key: key))
        fixture.clock.advance(seconds: 59.999)
        #expect(try await fixture.store.submit(.sample(key: key)) == .replayed(first))
        fixture.clock.advance(seconds: 0.001)
        let second = try await fixture.store.accept(.sample(key: key))
        #expect(second.id != first.id)
        #expect(try await fixture.store.submit(.sample(key: key)) == .replayed(second))
    }

    @Test(arguments: StoreDriver.allCases)
    func deletingAJobForgetsItsKey(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let first = try await store.accept(.sample(key: key))
        _ = try await store.requestCancel(first.id)
        #expect(try await store.delete(first.id) == .deleted)
        #expect(try await store.accept(.sample(key: key)).id != first.id)
    }

    @Test(arguments: StoreDriver.allCases)
    func ofManySimultaneousRepeatsOneStartsTheJob(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let ids = try await withThrowingTaskGroup(of: (id: String, isNew: Bool).self) { group in
            for _ in 0..<32 {
                group.addTask {
                    switch try await store.submit(.sample(key: key)) {
                    case .accepted(let job): (job.id, true)
                    case .replayed(let job): (job.id, false)
                    case .conflict, .queueFull: throw UnexpectedOutcome()
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ids.count { $0.isNew } == 1)
        #expect(Set(ids.map(\.id)).count == 1)
    }

    @Test(arguments: StoreDriver.allCases)
    func aFullQueueTakesNoNewJobButAnswersARepeat(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        var job = NewJob.sample(key: key)
        job.queueLimit = 2
        let first = try await store.accept(job)
        var other = NewJob.sample()
        other.queueLimit = 2
        _ = try await store.accept(other)
        #expect(try await store.submit(other) == .queueFull)
        #expect(try await store.counts() == [.queued: 2])
        #expect(try await store.submit(job) == .replayed(first))
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

    @Test(arguments: StoreDriver.allCases, unacceptable)
    func whatCannotBeStoredFaithfullyIsRefused(_ driver: StoreDriver, _ job: NewJob) async throws {
        let store = try driver.open().store
        await expectError(.invalidArgument) { _ = try await store.submit(job) }
        #expect(try await store.counts().isEmpty)
    }
}
