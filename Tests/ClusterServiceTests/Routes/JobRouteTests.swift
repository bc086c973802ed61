import HTTPServer
import HTTPTypes
import JobStore
import Testing

@testable import ClusterService

@Suite struct JobRouteTests {
    private let plane = "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n0.5,0.5\n"

    /// A service with the dataset `plane`.
    private func serviceWithPlane(
        workers: Int = 1, _ change: (inout ServiceLimits) -> Void = { _ in }
    ) async throws -> TestService {
        let test = try await TestService(workers: workers, change)
        #expect(try await test.send(.put, "/v1/datasets/plane", body: plane).status == 201)
        return test
    }

    @Test func aFullQueueSaysWhenToComeBack() async throws {
        let test = try await serviceWithPlane { $0.queuedJobs = 0 }
        for reply in [
            try await test.post("/v1/jobs", json: #"{"dataset":"plane"}"#),
            try await test.send(.post, "/v1/cluster", body: plane),
        ] {
            #expect(reply.status == 503 && reply.problem == "queue-full" && reply.headers[.retryAfter] != nil)
        }
        await test.service.stop()
    }

    @Test func aRepeatOfAnAcceptedJobIsAnsweredEvenWhenTheQueueIsFull() async throws {
        let test = try await serviceWithPlane { $0.queuedJobs = 1 }
        let long = try await test.startLongJob()
        let key: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "k1"]
        let json = #"{"dataset":"plane"}"#
        let id = try await test.post("/v1/jobs", json: json, key).string("id")
        #expect(try await test.post("/v1/jobs", json: json).problem == "queue-full")
        let again = try await test.post("/v1/jobs", json: json, key)
        #expect(again.status == 201, "\(again.text)")
        #expect(again.json["id"] == .string(id))
        _ = try await test.send(.post, "/v1/jobs/\(long)/cancel")
        await test.service.stop()
    }

    @Test func aFinishedJobThatIsKnownIsAnsweredAtOnce() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane"}"#)
        let tag = try #require(try await test.send(.get, "/v1/jobs/\(id)").headers[.eTag])
        let prefer = try #require(HTTPField.Name("Prefer"))
        let start = ContinuousClock.now
        let reply = try await test.send(.get, "/v1/jobs/\(id)", [.ifNoneMatch: tag, prefer: "wait=60"])
        #expect(reply.status == 304)
        #expect(ContinuousClock.now - start < .seconds(30))
        await test.service.stop()
    }

    @Test func packedControlBodiesAndEmptyStatesAreRefused() async throws {
        let test = try await serviceWithPlane()
        let packed = try await test.post("/v1/jobs", json: #"{"dataset":"plane"}"#, [.contentEncoding: "br"])
        #expect(packed.status == 415 && packed.problem == "unsupported-content-coding", "\(packed.text)")
        let identity = try await test.post("/v1/jobs", json: #"{"dataset":"plane"}"#, [.contentEncoding: "identity"])
        #expect(identity.status == 201)
        #expect(try await test.send(.get, "/v1/jobs?state=").status == 422)
        await test.service.stop()
    }

    @Test func aModelTellsHowItWasTrained() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane","refinement":"tied","seed":9}"#)
        let model = try await test.send(.get, "/v1/models/mdl_\(id.dropFirst(4))").json
        #expect(model["params"]?["seed"] == .integer(9) && model["params"]?["refinement"] == .string("tied"))
        #expect(model["metric"]?["kind"] == .string("tied"))
        guard case .array(let rows)? = model["metric"]?["precision"] else {
            Issue.record("no precision in \(model.text)")
            return
        }
        #expect(rows.count == 2)
        #expect(model["preprocessing"]?["start"] == .string("heads"))
        let list = try await test.send(.get, "/v1/models").json
        guard case .array(let models)? = list["models"] else { return }
        #expect(models.first?["metric"] == nil, "lists leave out what grows with K·d²")
        await test.service.stop()
    }

    @Test func resultsSayThatTheyAreNegotiated() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane"}"#)
        for path in ["result", "result/centroids", "result/assignments"] {
            #expect(try await test.send(.get, "/v1/jobs/\(id)/\(path)").headers[.vary] == "Accept, Accept-Encoding")
        }
        await test.service.stop()
    }

    @Test func columnsOfAJobAreThoseItNames() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane","columns":["y"]}"#)
        let result = try await test.send(.get, "/v1/jobs/\(id)/result").json
        #expect(result["columns"] == .array([.string("y")]) && result["d"] == .integer(1))
        let csv = try await test.send(.get, "/v1/jobs/\(id)/result?format=csv").text
        #expect(csv.hasPrefix("x,y,cluster,"))
        await test.service.stop()
    }

    @Test func resultsSurviveARestart() async throws {
        let directory = try TemporaryDirectory()
        let (id, result) = try await useService(in: directory) { test in
            _ = try await test.send(.put, "/v1/datasets/plane", body: plane)
            let id = try await test.finishedJob(#"{"dataset":"plane"}"#)
            return (id, try await test.send(.get, "/v1/jobs/\(id)/result").text)
        }
        try await useService(in: directory) { test in
            let again = try await test.send(.get, "/v1/jobs/\(id)/result")
            #expect(again.text == result)
            let dataset = try await test.send(.get, "/v1/datasets/plane")
            #expect(dataset.status == 200)
        }
    }

    @Test func aStoppedServiceGivesItsJobBackAndTheNextRunsIt() async throws {
        let directory = try TemporaryDirectory()
        let id = try await useService(in: directory) { try await $0.startLongJob() }
        try await useService(in: directory) { test in
            let cancelled = try await test.send(.post, "/v1/jobs/\(id)/cancel")
            #expect(cancelled.status == 202)
            let job = try await test.send(.get, "/v1/jobs/\(id)", [.prefer: "wait=30"]).json
            #expect(job["state"] == .string("cancelled"))
        }
    }

    /// Runs `body` with a service in `directory`, which is free again afterwards.
    private func useService<Value>(
        in directory: TemporaryDirectory, _ body: (TestService) async throws -> Value
    ) async throws -> Value {
        let test = try await TestService(directory)
        let value = try await body(test)
        await test.service.stop()
        return value
    }

    @Test func keysHaveNoSpaces() async throws {
        let test = try await serviceWithPlane()
        let key: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "\"a b\""]
        let bad = try await test.post("/v1/jobs", json: #"{"dataset":"plane"}"#, key)
        #expect(bad.status == 400 && bad.problem == "invalid-idempotency-key")
        await test.service.stop()
    }

    @Test func resultsThatAreDeletedAreGone() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane"}"#)
        #expect(try await test.send(.delete, "/v1/jobs/\(id)").status == 204)
        #expect(try await test.send(.delete, "/v1/jobs/\(id)").problem == "no-such-job")
        #expect(try await test.send(.get, "/v1/jobs/\(id)/result").problem == "no-such-job")
        await test.service.stop()
    }

    @Test func pointsOfADeletedDatasetStayForTheResult() async throws {
        let test = try await serviceWithPlane()
        let id = try await test.finishedJob(#"{"dataset":"plane"}"#)
        #expect(try await test.send(.delete, "/v1/datasets/plane").status == 204)
        try await test.service.datasets.sweep { try await test.service.store.datasetVersionsInUse(among: $0) }
        let csv = try await test.send(.get, "/v1/jobs/\(id)/result?format=csv")
        #expect(csv.status == 200 && csv.text.hasPrefix("x,y,cluster"))
        #expect(try await test.send(.delete, "/v1/jobs/\(id)").status == 204)
        try await test.service.datasets.sweep { try await test.service.store.datasetVersionsInUse(among: $0) }
        #expect(try test.directory.files(in: "datasets/content") == [])
        await test.service.stop()
    }
}
