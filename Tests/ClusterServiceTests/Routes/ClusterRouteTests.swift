import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct ClusterRouteTests {
    private let plane = "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n0.5,0.5\n"

    @Test func theAnswerIsTheResultOfAJob() async throws {
        let test = try await TestService()
        let reply = try await test.send(.post, "/v1/cluster?k=2&labels=team=ml", body: plane)
        #expect(reply.status == 200)
        #expect(reply.json["sizes"] == .array([.integer(4), .integer(3)]))
        let job = try reply.string("job")
        #expect(reply.headers[.contentLocation] == "/v1/jobs/\(job)/result")
        #expect(reply.headers[.location] == nil)
        #expect(try await test.send(.get, "/v1/jobs/\(job)/result").text == reply.text)
        let listed = try await test.send(.get, "/v1/jobs/\(job)").json
        #expect(listed["dataset"] == .null && listed["labels"]?["team"] == .string("ml"))
        await test.service.stop()
    }

    @Test func withoutWorkersInTimeItIsAJob() async throws {
        let test = try await TestService()
        let reply = try await test.send(.post, "/v1/cluster", [.prefer: "respond-async"], body: plane)
        #expect(reply.status == 202)
        #expect(reply.headers[.location] == "/v1/jobs/\(try reply.string("id"))")
        #expect(reply.headers[.preferenceApplied] == "respond-async")
        await test.service.stop()
    }

    @Test func whatIsRefusedLeavesNoJobAndNoPoints() async throws {
        let test = try await TestService()
        for (query, body) in [("k=9", plane), ("k=x", plane), ("k=2", "x,y\n1,b\n"), ("format=x", plane), ("k=2", "")] {
            #expect(try await test.send(.post, "/v1/cluster?\(query)", body: body).status == 422, "\(query)")
        }
        #expect(try await test.send(.get, "/v1/jobs").json["jobs"] == .array([]))
        try await test.service.datasets.sweep { _ in [] }
        #expect(try test.directory.files(in: "datasets/content") == [])
        await test.service.stop()
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let test = try await TestService { $0.clusterBytes = 10 }
        let reply = try await test.send(.post, "/v1/cluster", body: plane)
        #expect(reply.status == 413 && reply.json["limit_bytes"] == .integer(10))
        await test.service.stop()
    }

    @Test func tooManyColumnsAreRefused() async throws {
        let test = try await TestService { $0.columns = 3 }
        #expect(try await test.send(.post, "/v1/cluster", body: "1,2,3,4\n5,6,7,8\n").status == 413)
        #expect(try await test.send(.post, "/v1/cluster", body: "1,2,3\n5,6,7\n").status == 200)
        await test.service.stop()
    }

    @Test func aResultExpires() async throws {
        let test = try await TestService {
            $0.clusterRetention = .milliseconds(1)
            $0.upkeepInterval = .milliseconds(20)
        }
        let reply = try await test.send(.post, "/v1/cluster", body: plane)
        // Upkeep may have been quicker than the answer.
        #expect([200, 404, 410].contains(reply.status), "\(reply.text)")
        let deadline = ContinuousClock.now + .seconds(30)
        while try test.directory.files(in: "datasets/content") != [], ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try test.directory.files(in: "datasets/content") == [])
        if reply.status == 200 {
            let job = try reply.string("job")
            for path in ["/v1/jobs/\(job)", "/v1/jobs/\(job)/result", "/v1/models/\(try reply.string("model"))"] {
                let gone = try await test.send(.get, path)
                #expect(gone.status == 410 && gone.problem == "expired", "\(gone.text)")
            }
        }
        await test.service.stop()
    }
}
