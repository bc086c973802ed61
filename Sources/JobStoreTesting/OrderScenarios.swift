import JobStore

/// What every driver does with tenants and with memory.
enum OrderScenarios {
    /// All of them.
    static let all: [JobStoreScenario] = [
        JobStoreScenario("tenantsTakeTurnsWithinAPriority", tenantsTakeTurnsWithinAPriority),
        JobStoreScenario("aNewTenantDoesNotPassThoseThatWaitAlready", aNewTenantDoesNotPassThoseThatWaitAlready),
        JobStoreScenario("aTenantsListsHoldItsOwnAlone", aTenantsListsHoldItsOwnAlone),
        JobStoreScenario("aTenantsLimitCountsItsUnfinishedJobs", aTenantsLimitCountsItsUnfinishedJobs),
        JobStoreScenario("aJobThatDoesNotFitIsWaitedFor", aJobThatDoesNotFitIsWaitedFor),
        JobStoreScenario("severalJobsAreTakenAtOnceAsFarAsTheyFit", severalJobsAreTakenAtOnceAsFarAsTheyFit),
        JobStoreScenario("anIdleWorkerTakesWhatNeverFits", anIdleWorkerTakesWhatNeverFits),
        JobStoreScenario("aJobThatLostTwoWorkersInARowRunsAlone", aJobThatLostTwoWorkersInARowRunsAlone),
    ]

    /// The names of the jobs in the order in which they are claimed.
    private static func order(_ store: any JobStore, _ names: [String: String]) async throws -> [String] {
        var order: [String] = []
        while let job = try await store.claimNext(worker: "w") { order.append(names[job.id] ?? "?") }
        return order
    }

    static func tenantsTakeTurnsWithinAPriority(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var names: [String: String] = [:]
        for name in ["a1", "a2", "a3", "a4", "b1", "b2", "c1"] {
            names[try await store.accept(.sample(tenant: String(name.prefix(1)))).id] = name
        }
        names[try await store.accept(.sample(priority: 1, tenant: "a")).id] = "urgent"
        try expect(try await order(store, names) == ["urgent", "a1", "b1", "c1", "a2", "b2", "a3", "a4"])
    }

    static func aNewTenantDoesNotPassThoseThatWaitAlready(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var names: [String: String] = [:]
        for name in ["a1", "a2", "a3"] { names[try await store.accept(.sample(tenant: "a")).id] = name }
        for _ in 0..<2 { _ = try await store.claimNext(worker: "w") }
        for name in ["b1", "b2"] { names[try await store.accept(.sample(tenant: "b")).id] = name }
        names[try await store.accept(.sample(tenant: "a")).id] = "a4"
        try expect(try await order(store, names) == ["a3", "b1", "b2", "a4"])
    }

    static func aTenantsListsHoldItsOwnAlone(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        var ids: [String: [String]] = [:]
        for (place, tenant) in ["a", "b", "a", ""].enumerated() {
            let job = try await store.start(.sample(tenant: tenant, retention: .seconds(60)))
            try await store.succeed(job, model: "mdl_\(place)")
            ids[tenant, default: []].insert(job.id, at: 0)
        }
        for (tenant, jobs) in ids {
            try expect(try await store.allIDs(matching: JobFilter(tenant: tenant), pageSize: 1) == jobs)
            let models = try await store.models(tenant: tenant, limit: 10, after: nil).models
            try expect(models.map(\.job) == jobs && models.allSatisfy { $0.tenant == tenant })
        }
        try expect(try await store.allIDs(matching: JobFilter(tenant: "c"), pageSize: 1).isEmpty)
        try expect(try await store.models(tenant: nil, limit: 10, after: nil).models.count == 4)
        fixture.clock.advance(seconds: 60)
        _ = try await store.expire()
        let first = try require(ids["b"]?.first)
        for id in [first, "mdl_1"] {
            try expect(try await store.isExpired(id, tenant: "b"))
            try expect(try await store.isExpired(id, tenant: nil))
            try expect(try await store.isExpired(id, tenant: "a") == false)
        }
    }

    static func aTenantsLimitCountsItsUnfinishedJobs(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var limited = NewJob.sample(tenant: "a")
        limited.tenantLimit = 2
        let running = try await store.start(limited)
        try await store.accept(limited)
        try expect(try await store.submit(limited) == .tenantFull)
        var other = NewJob.sample(tenant: "b")
        other.tenantLimit = 1
        try await store.accept(other)
        try expect(try await store.submit(other) == .tenantFull)
        try await store.succeed(running)
        try await store.accept(limited)
    }

    static func aJobThatDoesNotFitIsWaitedFor(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let large = try await store.accept(.sample(memory: 100))
        try await store.accept(.sample(memory: 1))
        let little = WorkerRoom(memory: 99, isIdle: false)
        try expect(try await store.claimNext(worker: "w", lease: .seconds(30), room: little) == nil)
        let enough = WorkerRoom(memory: 100, isIdle: false)
        let job = try require(try await store.claimNext(worker: "w", lease: .seconds(30), room: enough))
        try expect(job.id == large.id)
        try expect(job.memory == 100)
    }

    static func severalJobsAreTakenAtOnceAsFarAsTheyFit(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var ids: [String] = []
        for memory in [60, 30, 20, 1] { ids.append(try await store.accept(.sample(memory: memory)).id) }
        let room = WorkerRoom(memory: 100, isIdle: true)
        let first = try await store.claim(worker: "w", lease: .seconds(30), room: room, limit: 8)
        try expect(first.map(\.id) == Array(ids.prefix(2)))
        let second = try await store.claim(worker: "w", lease: .seconds(30), room: room, limit: 1)
        try expect(second.map(\.id) == [ids[2]])
        try expect(try await store.claim(worker: "w", lease: .seconds(30), room: .unlimited, limit: 8).count == 1)
    }

    static func anIdleWorkerTakesWhatNeverFits(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let large = try await store.accept(.sample(memory: 100))
        let idle = WorkerRoom(memory: 1, isIdle: true)
        try expect(try await store.claimNext(worker: "w", lease: .seconds(30), room: idle)?.id == large.id)
    }

    static func aJobThatLostTwoWorkersInARowRunsAlone(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.accept(.sample(maximumAttempts: 5))
        let busy = WorkerRoom(memory: .max, isIdle: false)
        for attempt in 1...2 {
            let claimed = try require(try await store.claimNext(worker: "w", lease: .seconds(30), room: busy))
            try expect(!claimed.runsAlone)
            _ = try await store.workerLost(job.id, attempt: attempt)
            fixture.clock.advance(seconds: 60)
        }
        try expect(try await store.claimNext(worker: "w", lease: .seconds(30), room: busy) == nil)
        let alone = WorkerRoom(memory: .max, isIdle: true)
        let claimed = try require(try await store.claimNext(worker: "w", lease: .seconds(30), room: alone))
        try expect(claimed.runsAlone)
        try expect(try await store.progressed(job.id, attempt: claimed.attempt).runsAlone == false)
    }
}
