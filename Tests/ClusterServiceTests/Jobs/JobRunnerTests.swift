import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import Testing

@testable import ClusterService

/// What the runner does with jobs whose end cannot be stored, that must wait, or that somebody else has.
@Suite struct JobRunnerTests {
    private func serviceWithPlane(
        workers: Int = 1, _ change: (inout ServiceLimits) -> Void = { _ in }
    ) async throws -> TestService {
        let test = try await TestService(workers: workers, change)
        let stored = try await test.send(.put, "/v1/datasets/plane", body: "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n")
        try #require(stored.status == 201)
        return test
    }

    @Test func aResultThatTheStoreNeverTakesFailsTheJob() async throws {
        let store = InMemoryJobStore()
        let ending = JobEnding(store: store, logger: .silent)
        _ = try await store.submit(NewJob(datasetVersion: "v", parameters: "{}"))
        let job = try #require(try await store.claimNext(worker: "w"))
        await ending.end(job) { store in
            // A gap among the chunks: no repetition fills it.
            try await store.appendResultChunk(job.id, attempt: 1, index: 1, data: Data())
            return try await store.succeed(
                job.id, attempt: 1, summary: Data(), modelID: "m", model: Data(), stopReason: "converged")
        }
        let failed = try await store.job(job.id)
        #expect(failed?.state == .failed)
        #expect(failed?.error?.contains("/problems/internal") == true)
    }

    @Test func aStoreThatCannotJustNowIsTriedAgain() async throws {
        let store = InMemoryJobStore()
        let ending = JobEnding(store: store, logger: .silent)
        _ = try await store.submit(NewJob(datasetVersion: "v", parameters: "{}"))
        let job = try #require(try await store.claimNext(worker: "w"))
        var codes: [JobStoreError.Code] = [.full, .locked]
        await ending.end(job) { store in
            if let code = codes.popLast() { throw JobStoreError(code: code, message: "not now") }
            return try await store.succeed(
                job.id, attempt: 1, summary: Data(), modelID: "m", model: Data(), stopReason: "converged")
        }
        #expect(codes.isEmpty)
        #expect(try await store.job(job.id)?.state == .succeeded)
    }

    @Test func aCancelThatComesBeforeTheJobBeginsIsObeyed() throws {
        let held = HeldJobs()
        let job = Job(
            id: "job_1", state: .running, createdAt: Date(), dataset: nil, datasetVersion: "v", parameters: "{}",
            attempt: 1)
        held.cancel("job_1")
        let handle = RunningJob(timeBudgetSeconds: nil)
        held.add(job, handle)
        #expect(handle.order == .cancel)
    }

    @Test func aRenewalTellsOfMissedCancelsAndLostLeases() {
        let held = HeldJobs()
        var handles: [RunningJob] = []
        for number in 1...3 {
            let job = Job(
                id: "job_\(number)", state: .running, createdAt: Date(), dataset: nil, datasetVersion: "v",
                parameters: "{}",
                attempt: 1)
            handles.append(RunningJob(timeBudgetSeconds: nil))
            held.add(job, handles[number - 1])
        }
        held.update(held.attempts, ["job_1": .running, "job_2": .cancelling])
        #expect(handles.map(\.order) == [.none, .cancel, .abandon])
        // An answer about an attempt that is over says nothing about the next.
        held.update([HeldAttempt(job: "job_1", attempt: 7)], [:])
        #expect(handles[0].order == .none)
    }

    @Test func jobsThatDoNotFitTogetherRunOneAfterTheOther() {
        let budget = MemoryBudget(limit: 100)
        func job(_ memory: Int, losses: Int = 0) -> Job {
            Job(
                id: "j", state: .running, createdAt: Date(), dataset: nil, datasetVersion: "v", parameters: "{}",
                attempt: losses + 1, memory: memory)
        }
        #expect(budget.room == WorkerRoom(memory: 100, isIdle: true))
        budget.take(job(70))
        #expect(budget.room == WorkerRoom(memory: 30, isIdle: false))
        budget.give(job(70))
        budget.take(job(1, losses: 2))
        #expect(budget.room == WorkerRoom(memory: -1, isIdle: false))
        budget.give(job(1, losses: 2))
        #expect(budget.room == WorkerRoom(memory: 100, isIdle: true))
    }

    @Test func aJobThatCouldNeverFitIsRefusedWithTheFix() async throws {
        let test = try await TestService(memoryBudget: 1 << 20)
        let reply = try await test.send(.post, "/v1/cluster?k=2", body: "0,0\n0,1\n9,9\n")
        #expect(reply.status == 422 && reply.problem == "not-enough-memory")
        #expect(try reply.string("detail").contains("--memory-budget"))
        await test.service.stop()
    }

    @Test func waitingWithTheSubmissionAnswersWithTheEnd() async throws {
        let test = try await serviceWithPlane()
        let reply = try await test.post("/v1/jobs", json: #"{"dataset":"plane","k":2}"#, [.prefer: "wait=30"])
        #expect(reply.status == 201)
        #expect(reply.json["state"] == .string("succeeded"))
        #expect(reply.headers[.preferenceApplied] == "wait=30")
        await test.service.stop()
    }

    @Test func urgentJobsRunFirst() async throws {
        let test = try await serviceWithPlane()
        let long = try await test.startLongJob()
        var ids: [String] = []
        for priority in [-10, 0, 10] {
            let json = #"{"dataset":"plane","k":2,"priority":\#(priority)}"#
            ids.append(try await test.post("/v1/jobs", json: json).string("id"))
        }
        let bad = try await test.post("/v1/jobs", json: #"{"dataset":"plane","priority":11}"#)
        #expect(bad.status == 422)
        _ = try await test.send(.post, "/v1/jobs/\(long)/cancel")
        var starts: [Date] = []
        for id in ids {
            _ = try await test.send(.get, "/v1/jobs/\(id)", [.prefer: "wait=30"])
            starts.append(try #require(try await test.service.store.job(id)?.startedAt))
        }
        #expect(starts[2] <= starts[1] && starts[1] <= starts[0])
        await test.service.stop()
    }

    @Test func manyShortJobsAllEndOnce() async throws {
        let test = try await serviceWithPlane(workers: 2)
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for seed in 0..<200 {
                group.addTask {
                    try await test.post(
                        "/v1/jobs", json: #"{"dataset":"plane","k":2,"seed":\#(seed)}"#, [.prefer: "wait=30"])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count { $0.json["state"] == .string("succeeded") } == 200)
        #expect(replies.count { $0.json["attempt"] == .integer(1) } >= 190)
        await test.service.stop()
    }
}
