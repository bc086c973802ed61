import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct InfoRouteTests {
    @Test func limitsAreThoseOfTheConfiguration() async throws {
        let test = try await TestService(workers: 2) { $0.queuedJobs = 17 }
        let limits = try await test.send(.get, "/v1").json["limits"]
        #expect(limits?["queued_jobs"] == .integer(17))
        #expect(limits?["running_jobs"] == .integer(2))
        #expect(limits?["cluster_retention_seconds"] == .integer(3_600))
        await test.service.stop()
    }

    @Test func everyLimitOfTheServerIsShown() async throws {
        let test = try await TestService()
        let shown = try #require(try await test.send(.get, "/v1").json["http"])
        for setting in ServerLimits.settings {
            switch (setting.value(in: ServerLimits()), shown[setting.name]) {
            case (.count(let count), .integer(let value)?): #expect(count == value, "\(setting.name)")
            case (.seconds(let seconds), .integer(let value)?): #expect(seconds == Double(value), "\(setting.name)")
            case (_, let value): Issue.record("\(setting.name) is \(String(describing: value))")
            }
        }
        await test.service.stop()
    }

    @Test func aDrainingServiceLivesButIsNotReady() async throws {
        let test = try await TestService()
        #expect(try await test.send(.get, "/readyz").status == 200)
        test.service.drain()
        #expect(try await test.send(.get, "/livez").status == 200)
        let body = "0,0\n1,1\n"
        for reply in [
            try await test.send(.get, "/readyz"), try await test.send(.post, "/v1/cluster", body: body),
            try await test.send(.put, "/v1/datasets/a", body: body), try await test.post("/v1/jobs", json: "{}"),
        ] {
            #expect(reply.status == 503 && reply.problem == "draining" && reply.headers[.retryAfter] != nil)
        }
        // What exists can still be read.
        #expect(try await test.send(.get, "/v1/jobs").status == 200)
        await test.service.stop()
    }
}
