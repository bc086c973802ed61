import Foundation
import JobStore
import Testing

/// What every driver does with models.
@Suite struct ModelTests {
    @Test(arguments: StoreDriver.allCases)
    func aSucceededJobLeavesAModel(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let job = try await fixture.store.start(.sample(retention: .seconds(60)))
        try await fixture.store.succeed(job, model: "mdl_x")
        let model = try await fixture.store.model("mdl_x")
        #expect(
            model
                == StoredModel(
                    id: "mdl_x", job: job.id, createdAt: fixture.clock.now, expiresAt: fixture.clock.now + 60,
                    content: Data("model".utf8)))
        #expect(try await fixture.store.model("mdl_y") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aDeletedModelIsGoneButTheResultStaysWhole(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .succeeded)
        #expect(try await store.deleteModel("mdl_1"))
        #expect(try await store.model("mdl_1") == nil)
        #expect(try await store.models(limit: 10, after: nil).models.isEmpty)
        #expect(try await store.deleteModel("mdl_1") == false)
        #expect(try await store.summary(job.id)?.model == Data("model".utf8))
        #expect(try await store.job(job.id) == job)

        #expect(try await store.delete(job.id) == .deleted)
        // Nothing of it is left: its id may be used again.
        try await store.succeed(try await store.start(), model: "mdl_1")
    }

    @Test(arguments: StoreDriver.allCases)
    func aModelMayBeDeletedAfterItsJob(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .succeeded)
        _ = try await store.delete(job.id)
        #expect(try await store.deleteModel("mdl_1"))
        #expect(try await store.model("mdl_1") == nil)
        #expect(try await store.deleteModel("mdl_1") == false)
        try await store.succeed(try await store.start(), model: "mdl_1")
    }

    @Test(arguments: StoreDriver.allCases)
    func modelsAreListedNewestFirstPageByPage(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        for number in 1...7 { try await store.succeed(try await store.start(), model: "mdl_\(number)") }
        _ = try await store.deleteModel("mdl_4")

        let first = try await store.models(limit: 2, after: nil)
        #expect(first.models.map(\.id) == ["mdl_7", "mdl_6"])
        _ = try await store.deleteModel("mdl_6")
        let second = try await store.models(limit: 3, after: first.nextCursor)
        #expect(second.models.map(\.id) == ["mdl_5", "mdl_3", "mdl_2"])
        let third = try await store.models(limit: 3, after: second.nextCursor)
        #expect(third.models.map(\.id) == ["mdl_1"])
        #expect(third.nextCursor == nil)
        #expect(try await store.models(limit: 6, after: nil).nextCursor == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aModelExpiresWhenItsJobWouldHaveThoughThatIsDeleted(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let job = try await fixture.store.start(.sample(retention: .seconds(60)))
        try await fixture.store.succeed(job)
        _ = try await fixture.store.delete(job.id)
        fixture.clock.advance(seconds: 60)
        let report = try await fixture.store.expire()
        #expect(report.jobs.isEmpty)
        #expect(report.models == ["mdl_1"])
        #expect(try await fixture.store.model("mdl_1") == nil)
        #expect(try await fixture.store.isExpired("mdl_1"))
    }
}
