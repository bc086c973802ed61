import Foundation
import JobStore
import Testing

/// What every driver does with claims and leases.
@Suite struct ClaimingTests {
    @Test(arguments: StoreDriver.allCases)
    func anEmptyQueueGivesNothing(_ driver: StoreDriver) async throws {
        #expect(try await driver.open().store.claimNext(worker: "w") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func aClaimedJobRunsUnderItsFirstAttempt(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let queued = try await fixture.store.accept()
        fixture.clock.advance(seconds: 5)
        let job = try #require(try await fixture.store.claimNext(worker: "w7"))
        #expect(job.id == queued.id)
        #expect(job.state == .running)
        #expect(job.attempt == 1)
        #expect(job.revision == queued.revision + 1)
        #expect(job.startedAt == fixture.clock.now)
        #expect(job.worker == "w7")
        #expect(job.finishedAt == nil)
        #expect(try await fixture.store.job(job.id) == job)
        #expect(try await fixture.store.claimNext(worker: "w8") == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func smallerPrioritiesComeFirstAndEqualOnesInOrder(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        var names: [String: String] = [:]
        for (name, priority) in [("a5", 5), ("b0", 0), ("c5", 5), ("d-1", -1), ("e0", 0)] {
            names[try await store.accept(.sample(priority: priority)).id] = name
        }
        var order: [String] = []
        while let job = try await store.claimNext(worker: "w") { order.append(names[job.id] ?? "?") }
        #expect(order == ["d-1", "b0", "e0", "a5", "c5"])
    }

    @Test(arguments: StoreDriver.allCases)
    func aRequeuedJobKeepsItsPlaceInTheQueue(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let first = try await store.start()
        try await store.accept()
        _ = try await store.release(first.id, attempt: 1)
        #expect(try await store.claimNext(worker: "w")?.id == first.id)
    }

    @Test(arguments: StoreDriver.allCases)
    func noJobIsEverGivenToTwoWorkers(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        for _ in 0..<60 { try await store.accept() }
        let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var mine: [String] = []
                    while let job = try await store.claimNext(worker: "w\(worker)") { mine.append(job.id) }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 60)
        #expect(Set(claimed).count == 60)
    }

    @Test(arguments: StoreDriver.allCases)
    func aReleasedJobIsQueuedAgainAndTheAttemptDoesNotCount(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start(.sample(maximumAttempts: 1))
        let released = try await store.release(job.id, attempt: 1)
        #expect(released.state == .queued)
        #expect(released.startedAt == nil)
        #expect(released.worker == nil)
        #expect(released.releases == 1)
        let again = try #require(try await store.claimNext(worker: "w2"))
        #expect(again.attempt == 2)
        #expect(try await store.workerLost(job.id, attempt: 2).state == .failed)
    }

    @Test(arguments: StoreDriver.allCases)
    func aLostWorkersJobIsTriedUntilItsAttemptsRunOut(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        var job = try await fixture.store.start(.sample(maximumAttempts: 2, retention: .seconds(60)))
        #expect(try await fixture.store.workerLost(job.id, attempt: 1).state == .queued)
        job = try #require(try await fixture.store.claimNext(worker: "w"))
        fixture.clock.advance(seconds: 9)
        let failed = try await fixture.store.workerLost(job.id, attempt: 2)
        #expect(failed.state == .failed)
        #expect(failed.finishedAt == fixture.clock.now)
        #expect(failed.expiresAt == fixture.clock.now + 60)
        let error = try #require(failed.error)
        let problem = try JSONSerialization.jsonObject(with: Data(error.utf8)) as? [String: Any]
        #expect(problem?["type"] as? String == "/problems/worker-lost")
        #expect(problem?["status"] as? Int == 500)
        #expect((problem?["detail"] as? String)?.contains("2 attempts") == true)
    }

    @Test(arguments: StoreDriver.allCases, HeldWrite.allCases)
    func aStaleAttemptIsRefused(_ driver: StoreDriver, _ write: HeldWrite) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        _ = try await store.workerLost(job.id, attempt: 1)
        await expectError(.leaseLost) { try await write.perform(on: store, job.id, attempt: 1) }
        #expect(try await store.job(job.id)?.state == .queued)

        let second = try #require(try await store.claimNext(worker: "w2"))
        let error = await expectError(.leaseLost) { try await write.perform(on: store, job.id, attempt: 1) }
        #expect(error?.message.contains(job.id) == true)
        #expect(try await store.job(job.id) == second)
    }

    @Test(arguments: StoreDriver.allCases, HeldWrite.allCases)
    func anEndedJobTakesNoMoreWrites(_ driver: StoreDriver, _ write: HeldWrite) async throws {
        let store = try driver.open().store
        let ended = try await store.job(in: .succeeded)
        await expectError(.leaseLost) { try await write.perform(on: store, ended.id, attempt: ended.attempt) }
        #expect(try await store.job(ended.id) == ended)
    }

    @Test(arguments: StoreDriver.allCases, HeldWrite.allCases)
    func aWriteToAnUnknownJobSaysSo(_ driver: StoreDriver, _ write: HeldWrite) async throws {
        let store = try driver.open().store
        await expectError(.unknownJob) { try await write.perform(on: store, "job_nobody", attempt: 1) }
    }

    @Test(arguments: StoreDriver.allCases)
    func aWriteFinishesThoughItsTaskWasCancelled(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .cancelling)
        let worker = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await store.confirmCancelled(job.id, attempt: job.attempt)
        }
        worker.cancel()
        #expect(try await worker.value.state == .cancelled)
    }
}

/// The writes that only the worker that holds a job may make.
enum HeldWrite: String, CaseIterable, Sendable {
    case appendChunk, succeed, fail, confirmCancelled, release, workerLost

    func perform(on store: any JobStore, _ id: String, attempt: Int) async throws {
        switch self {
        case .appendChunk:
            try await store.appendResultChunk(id, attempt: attempt, index: 0, data: Data([1]))
        case .succeed:
            _ = try await store.succeed(
                id, attempt: attempt, summary: Data(), modelID: "mdl_stale", model: Data(), stopReason: "converged")
        case .fail:
            _ = try await store.fail(id, attempt: attempt, error: "{}")
        case .confirmCancelled:
            _ = try await store.confirmCancelled(id, attempt: attempt)
        case .release:
            _ = try await store.release(id, attempt: attempt)
        case .workerLost:
            _ = try await store.workerLost(id, attempt: attempt)
        }
    }
}
