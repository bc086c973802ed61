import Foundation
import JobStore

/// What every driver does with claims and leases.
enum ClaimingScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        [
            JobStoreScenario("anEmptyQueueGivesNothing", anEmptyQueueGivesNothing),
            JobStoreScenario("aClaimedJobRunsUnderItsFirstAttempt", aClaimedJobRunsUnderItsFirstAttempt),
            JobStoreScenario(
                "largerPrioritiesComeFirstAndEqualOnesInOrder", largerPrioritiesComeFirstAndEqualOnesInOrder),
            JobStoreScenario("aRequeuedJobKeepsItsPlaceInTheQueue", aRequeuedJobKeepsItsPlaceInTheQueue),
            JobStoreScenario("noJobIsEverGivenToTwoWorkers", noJobIsEverGivenToTwoWorkers),
            JobStoreScenario(
                "aReleasedJobIsQueuedAgainAndTheAttemptDoesNotCount", aReleasedJobIsQueuedAgainAndTheAttemptDoesNotCount
            ),
            JobStoreScenario(
                "aLostWorkersJobIsTriedUntilItsAttemptsRunOut", aLostWorkersJobIsTriedUntilItsAttemptsRunOut),
            JobStoreScenario("aWriteFinishesThoughItsTaskWasCancelled", aWriteFinishesThoughItsTaskWasCancelled),
        ]
        + HeldWrite.allCases.map { value in
            JobStoreScenario("aStaleAttemptIsRefused(\(value))") { try await aStaleAttemptIsRefused($0, value) }
        }
        + HeldWrite.allCases.map { value in
            JobStoreScenario("anEndedJobTakesNoMoreWrites(\(value))") {
                try await anEndedJobTakesNoMoreWrites($0, value)
            }
        }
        + HeldWrite.allCases.map { value in
            JobStoreScenario("aWriteToAnUnknownJobSaysSo(\(value))") { try await aWriteToAnUnknownJobSaysSo($0, value) }
        }

    static func anEmptyQueueGivesNothing(_ driver: StoreUnderTest) async throws {
        try expect(try await driver.open().store.claimNext(worker: "w") == nil)
    }

    static func aClaimedJobRunsUnderItsFirstAttempt(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let queued = try await fixture.store.accept()
        fixture.clock.advance(seconds: 5)
        let job = try require(try await fixture.store.claimNext(worker: "w7"))
        try expect(job.id == queued.id)
        try expect(job.state == .running)
        try expect(job.attempt == 1)
        try expect(job.revision == queued.revision + 1)
        try expect(job.startedAt == fixture.clock.now)
        try expect(job.worker == "w7")
        try expect(job.finishedAt == nil)
        try expect(try await fixture.store.job(job.id) == job)
        try expect(try await fixture.store.claimNext(worker: "w8") == nil)
    }

    static func largerPrioritiesComeFirstAndEqualOnesInOrder(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        var names: [String: String] = [:]
        for (name, priority) in [("a5", 5), ("b0", 0), ("c5", 5), ("d-1", -1), ("e0", 0)] {
            names[try await store.accept(.sample(priority: priority)).id] = name
        }
        var order: [String] = []
        while let job = try await store.claimNext(worker: "w") { order.append(names[job.id] ?? "?") }
        try expect(order == ["a5", "c5", "b0", "e0", "d-1"])
    }

    static func aRequeuedJobKeepsItsPlaceInTheQueue(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let first = try await store.start()
        try await store.accept()
        _ = try await store.release(first.id, attempt: 1)
        try expect(try await store.claimNext(worker: "w")?.id == first.id)
    }

    static func noJobIsEverGivenToTwoWorkers(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
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
        try expect(claimed.count == 60)
        try expect(Set(claimed).count == 60)
    }

    static func aReleasedJobIsQueuedAgainAndTheAttemptDoesNotCount(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start(.sample(maximumAttempts: 1))
        let released = try await store.release(job.id, attempt: 1)
        try expect(released.state == .queued)
        try expect(released.startedAt == nil)
        try expect(released.worker == nil)
        try expect(released.releases == 1)
        let again = try require(try await store.claimNext(worker: "w2"))
        try expect(again.attempt == 2)
        try expect(try await store.workerLost(job.id, attempt: 2).state == .failed)
    }

    static func aLostWorkersJobIsTriedUntilItsAttemptsRunOut(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        var job = try await fixture.store.start(.sample(maximumAttempts: 2, retention: .seconds(60)))
        try expect(try await fixture.store.workerLost(job.id, attempt: 1).state == .queued)
        fixture.clock.advance(seconds: 1)
        job = try require(try await fixture.store.claimNext(worker: "w"))
        fixture.clock.advance(seconds: 9)
        let failed = try await fixture.store.workerLost(job.id, attempt: 2)
        try expect(failed.state == .failed)
        try expect(failed.finishedAt == fixture.clock.now)
        try expect(failed.expiresAt == fixture.clock.now + 60)
        let error = try require(failed.error)
        let problem = try JSONSerialization.jsonObject(with: Data(error.utf8)) as? [String: Any]
        try expect(problem?["type"] as? String == "/problems/worker-lost")
        try expect(problem?["status"] as? Int == 500)
        try expect((problem?["detail"] as? String)?.contains("2 attempts") == true)
    }

    static func aStaleAttemptIsRefused(_ driver: StoreUnderTest, _ write: HeldWrite) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start()
        _ = try await store.workerLost(job.id, attempt: 1)
        try await expectError(.leaseLost) { try await write.perform(on: store, job.id, attempt: 1) }
        try expect(try await store.job(job.id)?.state == .queued)

        fixture.clock.advance(seconds: 1)
        let second = try require(try await store.claimNext(worker: "w2"))
        let error = try await expectError(.leaseLost) { try await write.perform(on: store, job.id, attempt: 1) }
        try expect(error.message.contains(job.id))
        try expect(try await store.job(job.id) == second)
    }

    static func anEndedJobTakesNoMoreWrites(_ driver: StoreUnderTest, _ write: HeldWrite) async throws {
        let store = try await driver.open().store
        let ended = try await store.job(in: .succeeded)
        try await expectError(.leaseLost) { try await write.perform(on: store, ended.id, attempt: ended.attempt) }
        try expect(try await store.job(ended.id) == ended)
    }

    static func aWriteToAnUnknownJobSaysSo(_ driver: StoreUnderTest, _ write: HeldWrite) async throws {
        let store = try await driver.open().store
        try await expectError(.unknownJob) { try await write.perform(on: store, "job_nobody", attempt: 1) }
    }

    static func aWriteFinishesThoughItsTaskWasCancelled(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .cancelling)
        let worker = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await store.confirmCancelled(job.id, attempt: job.attempt)
        }
        worker.cancel()
        try expect(try await worker.value.state == .cancelled)
    }
}

/// The writes that only the worker that holds a job may make.
enum HeldWrite: String, CaseIterable, Sendable {
    case appendChunk, progressed, succeed, fail, confirmCancelled, release, workerLost

    func perform(on store: any JobStore, _ id: String, attempt: Int) async throws {
        switch self {
        case .appendChunk:
            try await store.appendResultChunk(id, attempt: attempt, index: 0, data: Data([1]))
        case .progressed:
            _ = try await store.progressed(id, attempt: attempt)
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
