import Foundation
import JobStore
import Testing

/// What every driver forgets, and when.
@Suite struct RetentionTests {
    @Test(arguments: StoreDriver.allCases)
    func aJobExpiresWithResultModelAndKeyWhenItsTimeHasPassed(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let store = fixture.store
        let key = IdempotencyKey(key: "k", scope: "s", digest: "d")
        let job = try await store.start(.sample(version: "v1", retention: .seconds(60), key: key))
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        try await store.succeed(job)

        fixture.clock.advance(seconds: 59.999)
        #expect(try await store.expire() == ExpiryReport())
        #expect(try await store.job(job.id) != nil)
        #expect(try await store.isExpired(job.id) == false)

        fixture.clock.advance(seconds: 0.001)
        let report = try await store.expire()
        #expect(report == ExpiryReport(jobs: [job.id], models: ["mdl_1"], freedDatasetVersions: ["v1"]))
        #expect(try await store.job(job.id) == nil)
        #expect(try await store.summary(job.id) == nil)
        #expect(try await store.resultChunk(job.id, index: 0) == nil)
        #expect(try await store.model("mdl_1") == nil)
        #expect(try await store.isExpired(job.id))
        #expect(try await store.isExpired("mdl_1"))
        #expect(try await store.counts().isEmpty)
        #expect(try await store.accept(.sample(key: key)).id != job.id)
    }

    @Test(arguments: StoreDriver.allCases)
    func jobsThatHaveNotEndedOrAreKeptForEverDoNotExpire(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let store = fixture.store
        _ = try await store.start(.sample(retention: .zero))
        try await store.accept(.sample(retention: .zero))
        let kept = try await store.accept(.sample(retention: nil))
        _ = try await store.requestCancel(kept.id)
        fixture.clock.advance(seconds: 1e9)
        #expect(try await store.expire() == ExpiryReport())
        #expect(try await store.jobs(limit: 10).jobs.count == 3)
    }

    @Test(arguments: StoreDriver.allCases)
    func failedAndCancelledJobsExpireToo(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let store = fixture.store
        let failed = try await store.start(.sample(version: "f", retention: .seconds(10)))
        _ = try await store.fail(failed.id, attempt: 1, error: "{}")
        let cancelled = try await store.accept(.sample(version: "c", retention: .seconds(10)))
        _ = try await store.requestCancel(cancelled.id)
        fixture.clock.advance(seconds: 10)
        let report = try await store.expire()
        #expect(
            report == ExpiryReport(jobs: [failed.id, cancelled.id], models: [], freedDatasetVersions: ["f", "c"]))
    }

    @Test(arguments: StoreDriver.allCases)
    func contentThatAnotherJobNeedsIsNotFreed(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let store = fixture.store
        for version in ["shared", "mine"] {
            try await store.succeed(
                try await store.start(.sample(version: version, retention: .seconds(10))), model: version)
        }
        try await store.accept(.sample(version: "shared"))
        fixture.clock.advance(seconds: 10)
        #expect(try await store.expire().freedDatasetVersions == ["mine"])
    }

    @Test(arguments: StoreDriver.allCases)
    func manyJobsExpireInOneCall(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        var jobs: [String] = []
        for number in 0..<250 {
            let job = try await fixture.store.start(.sample(version: "v\(number / 99)", retention: .seconds(1)))
            try await fixture.store.succeed(job, model: "mdl_\(number)")
            jobs.append(job.id)
        }
        fixture.clock.advance(seconds: 1)
        let report = try await fixture.store.expire()
        #expect(report.jobs == jobs)
        #expect(report.models == (0..<250).map { "mdl_\($0)" })
        #expect(report.freedDatasetVersions == ["v0", "v1", "v2"])
        #expect(try await fixture.store.models(limit: 1, after: nil).models.isEmpty)
        #expect(try await fixture.store.expire() == ExpiryReport())
    }

    @Test(arguments: StoreDriver.allCases)
    func aTombstoneIsKeptForItsLifetime(_ driver: StoreDriver) async throws {
        let fixture = try driver.open(tombstoneLifetime: .seconds(100))
        let job = try await fixture.store.start(.sample(retention: .zero))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.expire()
        fixture.clock.advance(seconds: 99.999)
        _ = try await fixture.store.expire()
        #expect(try await fixture.store.isExpired(job.id))
        fixture.clock.advance(seconds: 0.001)
        _ = try await fixture.store.expire()
        #expect(try await fixture.store.isExpired(job.id) == false)
    }

    @Test(arguments: StoreDriver.allCases)
    func aDeletedModelLeavesNoTombstone(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let job = try await fixture.store.start(.sample(retention: .zero))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.deleteModel("mdl_1")
        let report = try await fixture.store.expire()
        #expect(report.jobs == [job.id])
        #expect(report.models.isEmpty)
        #expect(try await fixture.store.isExpired("mdl_1") == false)
    }
}
