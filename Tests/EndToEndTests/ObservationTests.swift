import Foundation
import Testing

extension EndToEnd {
    /// What the service tells of itself while it runs.
    @Suite struct ObservationTests {
        @Test func metricsAreOnTheirOwnPortOnlyWhereTheyHaveOne() async throws {
            try await withService("--metrics-port", "0") { service in
                _ = try await service.curl("/v1")
                let match = try #require(
                    service.log.firstMatch(of: #/metrics are at (http://127\.0\.0\.1:\d+/metrics)/#))
                let text = try await Command("/usr/bin/env", ["curl", "-sf", String(match.1)]).run().text
                #expect(text.contains(#"http_requests_total{method="GET",route="/v1",status="200"} 1"# + "\n"))
                #expect(text.contains("http_connections_opened_total 1\n"))
                #expect(try await service.curl("/metrics").status == 404)
            }
        }

        @Test func aRequestIsOneObjectOfAJSONLogAndTellsNoQuery() async throws {
            try await withService("--log-format", "json") { service in
                let trace = "0af7651916cd43dd8448eb211c80319c"
                let answer = try await service.curl(
                    "/v1/jobs?label=secret%3Dvalue", "-H", "traceparent: 00-\(trace)-b7ad6b7169203331-01")
                #expect(answer["X-Request-Id"] == trace)
                _ = try await service.curl("/v1/jobs/x", "-H", "X-Request-Id: my-own", "-H", "traceparent: nonsense")
                try await eventually("both requests are in the log") { service.log.contains("my-own") }
                let lines = try service.log.split(separator: "\n").map { try JSON(Data($0.utf8)) }
                let requests = lines.filter { $0["message"] == "request" }
                #expect(requests.count == 2 && !service.log.contains("secret"))
                #expect(requests[0]["route"] == "/v1/jobs" && requests[0]["status"] == 200)
                #expect(requests[0]["trace_id"]?.string == trace && requests[0]["method"] == "GET")
                #expect(requests[1]["route"] == "/v1/jobs/{id}" && requests[1]["path"] == "/v1/jobs/x")
                #expect(requests[1]["status"] == 404 && requests[1]["trace_id"] == nil)
            }
        }

        @Test func metricsAreBesideTheOtherRoutesOtherwise() async throws {
            try await withService { service in
                let text = try await service.curl("/metrics").text
                #expect(text.contains("# TYPE clusterd_jobs gauge\n") && text.contains("clusterd_ready 1\n"))
            }
        }
    }
}
