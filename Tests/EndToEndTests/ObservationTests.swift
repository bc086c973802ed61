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

        @Test func metricsAreBesideTheOtherRoutesOtherwise() async throws {
            try await withService { service in
                let text = try await service.curl("/metrics").text
                #expect(text.contains("# TYPE clusterd_jobs gauge\n") && text.contains("clusterd_ready 1\n"))
            }
        }
    }
}
