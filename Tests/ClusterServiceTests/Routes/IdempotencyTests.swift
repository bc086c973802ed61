import HTTPServer
import HTTPTypes
import JobStore
import Testing

@testable import ClusterService

/// A request may be sent again until it is answered.
@Suite struct IdempotencyTests {
    private static let plane = "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n"
    private let job = #"{"dataset":"plane","k":2}"#

    private func key(_ value: String) throws -> HTTPFields {
        [try #require(HTTPField.Name("Idempotency-Key")): value]
    }

    private func service(_ change: (inout ServiceLimits) -> Void = { _ in }) async throws -> TestService {
        let test = try await TestService(change)
        let stored = try await test.send(.put, "/v1/datasets/plane", body: Self.plane)
        try #require(stored.status == 201)
        return test
    }

    @Test func aRepeatIsAnsweredFromTheFirstJobAndSaysSo() async throws {
        let test = try await service()
        let first = try await test.post("/v1/jobs", json: job, try key("k1"))
        let second = try await test.post("/v1/jobs", json: #"{"k":2,"dataset":"plane"}"#, try key("\"k1\""))
        #expect(first.status == 201 && first.headers[named: "Idempotent-Replayed"] == nil)
        #expect(second.status == 201 && second.headers[named: "Idempotent-Replayed"] == "true")
        #expect(try first.string("id") == second.string("id"))
        await test.service.stop()
    }

    @Test func aRepeatDependsNeitherOnTheDatasetNorOnTheQueueNorOnReadiness() async throws {
        let test = try await service { $0.queuedJobs = 1 }
        let long = try await test.startLongJob()
        let first = try await test.post("/v1/jobs", json: job, try key("k1")).string("id")
        #expect(try await test.post("/v1/jobs", json: job, try key("k2")).problem == "queue-full")
        #expect(try await test.post("/v1/jobs", json: job, try key("k1")).string("id") == first)
        _ = try await test.send(.post, "/v1/jobs/\(first)/cancel")
        #expect(try await test.send(.delete, "/v1/datasets/plane").status == 204)
        #expect(try await test.post("/v1/jobs", json: job, try key("k1")).string("id") == first)
        test.service.drain()
        #expect(try await test.post("/v1/jobs", json: job, try key("k1")).string("id") == first)
        #expect(try await test.post("/v1/jobs", json: job, try key("k3")).problem == "draining")
        _ = try await test.send(.post, "/v1/jobs/\(long)/cancel")
        await test.service.stop()
    }

    @Test func otherContentUnderTheSameKeyIsRefused() async throws {
        let test = try await service()
        _ = try await test.post("/v1/jobs", json: job, try key("k1"))
        let other = try await test.post("/v1/jobs", json: #"{"dataset":"plane","k":3}"#, try key("k1"))
        #expect(other.status == 422 && other.problem == "idempotency-key-reused")
        await test.service.stop()
    }

    @Test func aKeyOutlivesItsExpiredJobAndIsForgottenWithADeletedOne() async throws {
        let test = try await service {
            $0.resultRetention = .zero
            $0.upkeepInterval = .milliseconds(20)
        }
        let first = try await test.post("/v1/jobs", json: job, try key("k1")).string("id")
        for _ in 0..<500 where try await test.send(.get, "/v1/jobs/\(first)").status != 410 {
            try await Task.sleep(for: .milliseconds(10))
        }
        let late = try await test.post("/v1/jobs", json: job, try key("k1"))
        #expect(late.status == 410 && late.problem == "expired")
        await test.service.stop()

        let other = try await service()
        let id = try await other.post("/v1/jobs", json: job, try key("k1")).string("id")
        _ = try await other.send(.get, "/v1/jobs/\(id)", [.prefer: "wait=30"])
        #expect(try await other.send(.delete, "/v1/jobs/\(id)").status == 204)
        #expect(try await other.post("/v1/jobs", json: job, try key("k1")).string("id") != id)
        await other.service.stop()
    }

    @Test func aRepeatOfAClusteringIsAnsweredWithItsResult() async throws {
        let test = try await service()
        let first = try await test.send(.post, "/v1/cluster?k=2", try key("c1"), body: Self.plane)
        let second = try await test.send(.post, "/v1/cluster?k=2", try key("c1"), body: Self.plane)
        #expect(first.status == 200 && second.status == 200)
        #expect(second.headers[named: "Idempotent-Replayed"] == "true")
        #expect(first.text == second.text)
        await test.service.stop()
    }

    @Test func aKeyInFlightIsRefusedUntilItsRequestEnds() async throws {
        let keys = KeysInFlight()
        try await keys.only("k1") {
            let refused = await #expect(throws: Problem.self) { try await keys.only("k1") {} }
            #expect(refused?.status.code == 409 && refused?.headers[.retryAfter] == "1")
            try await keys.only("k2") {}
        }
        try await keys.only("k1") {}
    }

    @Test func aThousandRepeatsAtOnceStartOneJob() async throws {
        let test = try await service()
        let fields = try key("crowd")
        let job = job
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    while true {
                        let reply = try await test.post("/v1/jobs", json: job, fields)
                        if reply.problem != "idempotency-key-in-flight" { return reply }
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count { $0.status == 201 } == 1_000)
        #expect(replies.count { $0.headers[named: "Idempotent-Replayed"] == nil } == 1)
        #expect(Set(try replies.map { try $0.string("id") }).count == 1)
        #expect(try await test.service.store.jobs(limit: 10).jobs.count == 1)
        await test.service.stop()
    }
}
