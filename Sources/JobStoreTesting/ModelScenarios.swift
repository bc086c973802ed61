import Foundation
import JobStore

/// What every driver does with models.
enum ModelScenarios {
    /// All of them.
    static let all: [JobStoreScenario] = [
        JobStoreScenario("aSucceededJobLeavesAModel", aSucceededJobLeavesAModel),
        JobStoreScenario("aDeletedModelIsGoneButTheResultStaysWhole", aDeletedModelIsGoneButTheResultStaysWhole),
        JobStoreScenario("aModelMayBeDeletedAfterItsJob", aModelMayBeDeletedAfterItsJob),
        JobStoreScenario("modelsAreListedNewestFirstPageByPage", modelsAreListedNewestFirstPageByPage),
        JobStoreScenario(
            "aModelExpiresWhenItsJobWouldHaveThoughThatIsDeleted", aModelExpiresWhenItsJobWouldHaveThoughThatIsDeleted),
    ]

    static func aSucceededJobLeavesAModel(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let job = try await fixture.store.start(.sample(retention: .seconds(60)))
        try await fixture.store.succeed(job, model: "mdl_x")
        let model = try await fixture.store.model("mdl_x")
        try expect(
            model
                == StoredModel(
                    id: "mdl_x", job: job.id, createdAt: fixture.clock.now, expiresAt: fixture.clock.now + 60,
                    content: Data("model".utf8)))
        try expect(try await fixture.store.model("mdl_y") == nil)
    }

    static func aDeletedModelIsGoneButTheResultStaysWhole(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .succeeded)
        try expect(try await store.deleteModel("mdl_1"))
        try expect(try await store.model("mdl_1") == nil)
        try expect(try await store.models(limit: 10, after: nil).models.isEmpty)
        try expect(try await store.deleteModel("mdl_1") == false)
        try expect(try await store.summary(job.id)?.model == Data("model".utf8))
        try expect(try await store.job(job.id) == job)

        try expect(try await store.delete(job.id) == .deleted)
        // Nothing of it is left: its id may be used again.
        try await store.succeed(try await store.start(), model: "mdl_1")
    }

    static func aModelMayBeDeletedAfterItsJob(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .succeeded)
        _ = try await store.delete(job.id)
        try expect(try await store.deleteModel("mdl_1"))
        try expect(try await store.model("mdl_1") == nil)
        try expect(try await store.deleteModel("mdl_1") == false)
        try await store.succeed(try await store.start(), model: "mdl_1")
    }

    static func modelsAreListedNewestFirstPageByPage(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        for number in 1...7 { try await store.succeed(try await store.start(), model: "mdl_\(number)") }
        _ = try await store.deleteModel("mdl_4")

        let first = try await store.models(limit: 2, after: nil)
        try expect(first.models.map(\.id) == ["mdl_7", "mdl_6"])
        _ = try await store.deleteModel("mdl_6")
        let second = try await store.models(limit: 3, after: first.nextCursor)
        try expect(second.models.map(\.id) == ["mdl_5", "mdl_3", "mdl_2"])
        let third = try await store.models(limit: 3, after: second.nextCursor)
        try expect(third.models.map(\.id) == ["mdl_1"])
        try expect(third.nextCursor == nil)
        try expect(try await store.models(limit: 6, after: nil).nextCursor == nil)
    }

    static func aModelExpiresWhenItsJobWouldHaveThoughThatIsDeleted(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let job = try await fixture.store.start(.sample(retention: .seconds(60)))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.delete(job.id)
        fixture.clock.advance(seconds: 60)
        let report = try await fixture.store.expire()
        try expect(report.jobs.isEmpty)
        try expect(report.models == ["mdl_1"])
        try expect(try await fixture.store.model("mdl_1") == nil)
        try expect(try await fixture.store.isExpired("mdl_1"))
    }
}
