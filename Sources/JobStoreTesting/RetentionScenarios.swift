import Foundation
import JobStore

/// What every driver forgets, and when.
enum RetentionScenarios {
    /// All of them.
    static let all: [JobStoreScenario] = [
        JobStoreScenario(
            "aJobExpiresWithResultAndModelWhenItsTimeHasPassed", aJobExpiresWithResultAndModelWhenItsTimeHasPassed),
        JobStoreScenario("aKeyOutlivesItsJobUntilItsOwnTimeHasPassed", aKeyOutlivesItsJobUntilItsOwnTimeHasPassed),
        JobStoreScenario(
            "jobsThatHaveNotEndedOrAreKeptForEverDoNotExpire", jobsThatHaveNotEndedOrAreKeptForEverDoNotExpire),
        JobStoreScenario("failedAndCancelledJobsExpireToo", failedAndCancelledJobsExpireToo),
        JobStoreScenario("contentThatAnotherJobNeedsIsNotFreed", contentThatAnotherJobNeedsIsNotFreed),
        JobStoreScenario("manyJobsExpireInOneCall", manyJobsExpireInOneCall),
        JobStoreScenario("aTombstoneIsKeptForItsLifetime", aTombstoneIsKeptForItsLifetime),
        JobStoreScenario("aDeletedModelLeavesNoTombstone", aDeletedModelLeavesNoTombstone),
    ]

    static func aJobExpiresWithResultAndModelWhenItsTimeHasPassed(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start(.sample(version: "v1", retention: .seconds(60)))
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        try await store.succeed(job)

        fixture.clock.advance(seconds: 59.999)
        try expect(try await store.expire() == ExpiryReport())
        try expect(try await store.job(job.id) != nil)
        try expect(try await store.isExpired(job.id) == false)

        fixture.clock.advance(seconds: 0.001)
        let report = try await store.expire()
        try expect(report == ExpiryReport(jobs: [job.id], models: ["mdl_1"], freedDatasetVersions: ["v1"]))
        try expect(try await store.job(job.id) == nil)
        try expect(try await store.summary(job.id) == nil)
        try expect(try await store.resultChunk(job.id, index: 0) == nil)
        try expect(try await store.model("mdl_1") == nil)
        try expect(try await store.isExpired(job.id))
        try expect(try await store.isExpired("mdl_1"))
        try expect(try await store.counts().isEmpty)
    }

    static func aKeyOutlivesItsJobUntilItsOwnTimeHasPassed(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d", lifetime: .seconds(100))
        let job = try await store.start(.sample(retention: .seconds(10), key: key))
        try await store.succeed(job)
        fixture.clock.advance(seconds: 10)
        try expect(try await store.expire().jobs == [job.id])
        try expect(try await store.submit(.sample(key: key)) == .expired(job.id))
        try expect(try await store.earlierSubmission(key) == .expired(job.id))
        let other = IdempotencyKey(key: "k", scope: "s", digest: "other")
        try expect(try await store.submit(.sample(key: other)) == .conflict)
        fixture.clock.advance(seconds: 90)
        try expect(try await store.earlierSubmission(key) == nil)
        try expect(try await store.accept(.sample(key: key)).id != job.id)
    }

    static func jobsThatHaveNotEndedOrAreKeptForEverDoNotExpire(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        _ = try await store.start(.sample(retention: .zero))
        try await store.accept(.sample(retention: .zero))
        let kept = try await store.accept(.sample(retention: nil))
        _ = try await store.requestCancel(kept.id)
        fixture.clock.advance(seconds: 1e9)
        try expect(try await store.expire() == ExpiryReport())
        try expect(try await store.jobs(limit: 10).jobs.count == 3)
    }

    static func failedAndCancelledJobsExpireToo(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let failed = try await store.start(.sample(version: "f", retention: .seconds(10)))
        _ = try await store.fail(failed.id, attempt: 1, error: "{}")
        let cancelled = try await store.accept(.sample(version: "c", retention: .seconds(10)))
        _ = try await store.requestCancel(cancelled.id)
        fixture.clock.advance(seconds: 10)
        let report = try await store.expire()
        try expect(
            report == ExpiryReport(jobs: [failed.id, cancelled.id], models: [], freedDatasetVersions: ["f", "c"]))
    }

    static func contentThatAnotherJobNeedsIsNotFreed(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        for version in ["shared", "mine"] {
            try await store.succeed(
                try await store.start(.sample(version: version, retention: .seconds(10))), model: version)
        }
        try await store.accept(.sample(version: "shared"))
        fixture.clock.advance(seconds: 10)
        try expect(try await store.expire().freedDatasetVersions == ["mine"])
    }

    static func manyJobsExpireInOneCall(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        var jobs: [String] = []
        for number in 0..<250 {
            let job = try await fixture.store.start(.sample(version: "v\(number / 99)", retention: .seconds(1)))
            try await fixture.store.succeed(job, model: "mdl_\(number)")
            jobs.append(job.id)
        }
        fixture.clock.advance(seconds: 1)
        let report = try await fixture.store.expire()
        try expect(report.jobs == jobs)
        try expect(report.models == (0..<250).map { "mdl_\($0)" })
        try expect(report.freedDatasetVersions == ["v0", "v1", "v2"])
        try expect(try await fixture.store.models(limit: 1, after: nil).models.isEmpty)
        try expect(try await fixture.store.expire() == ExpiryReport())
    }

    static func aTombstoneIsKeptForItsLifetime(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open(tombstoneLifetime: .seconds(100))
        let job = try await fixture.store.start(.sample(retention: .zero))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.expire()
        fixture.clock.advance(seconds: 99.999)
        _ = try await fixture.store.expire()
        try expect(try await fixture.store.isExpired(job.id))
        fixture.clock.advance(seconds: 0.001)
        _ = try await fixture.store.expire()
        try expect(try await fixture.store.isExpired(job.id) == false)
    }

    static func aDeletedModelLeavesNoTombstone(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let job = try await fixture.store.start(.sample(retention: .zero))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.deleteModel("mdl_1")
        let report = try await fixture.store.expire()
        try expect(report.jobs == [job.id])
        try expect(report.models.isEmpty)
        try expect(try await fixture.store.isExpired("mdl_1") == false)
    }
}
