import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct MetricsTests {
    private func summary(
        _ method: HTTPRequest.Method?, route: String?, status: HTTPResponse.Status?
    ) -> RequestSummary {
        RequestSummary(
            method: method, path: "/v1/jobs/x", route: route, status: status, bytesReceived: 3, bytesSent: 5,
            duration: .milliseconds(20), requestID: "r", remoteAddress: .loopback, isComplete: true)
    }

    private func lines(_ test: TestService) async throws -> [String] {
        let reply = try await test.send(.get, "/metrics")
        #expect(reply.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        return reply.text.split(separator: "\n").map(String.init)
    }

    @Test func requestsAreCountedByRouteAndNotByPath() async throws {
        let test = try await TestService()
        test.service.metrics.requestEnded(summary(.get, route: "/v1/jobs/{id}", status: .ok))
        test.service.metrics.requestEnded(summary(.get, route: "/v1/jobs/{id}", status: .ok))
        test.service.metrics.requestEnded(summary(nil, route: nil, status: .badRequest))
        let text = try await lines(test)
        #expect(text.contains(#"http_requests_total{method="GET",route="/v1/jobs/{id}",status="200"} 2"#))
        #expect(text.contains(#"http_requests_total{method="any",route="none",status="400"} 1"#))
        #expect(
            text.contains(#"http_request_duration_seconds_bucket{method="GET",route="/v1/jobs/{id}",le="0.025"} 2"#))
        #expect(text.contains("http_request_bytes_total 9") && text.contains("http_response_bytes_total 15"))
        await test.service.stop()
    }

    @Test func connectionsAreCounted() async throws {
        let test = try await TestService()
        for event in [
            ConnectionEvent.opened(.loopback), .opened(.loopback), .refused(.loopback), .acceptFailed(code: 24),
            .closed(.loopback, requests: 1, duration: .seconds(1)),
        ] { test.service.metrics.connectionChanged(event) }
        let text = try await lines(test)
        #expect(text.contains("http_connections 1") && text.contains("http_connections_opened_total 2"))
        #expect(text.contains(#"http_connections_refused_total{reason="descriptors"} 1"#))
        await test.service.stop()
    }

    @Test func jobsAndStorageAreShownAsTheyAre() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/plane", body: "x,y\n0,0\n0,1\n9,9\n9,8\n")
        _ = try await test.finishedJob(#"{"dataset":"plane"}"#)
        let text = try await lines(test)
        #expect(text.contains(#"clusterd_jobs{state="succeeded"} 1"#) && text.contains("clusterd_datasets 1"))
        #expect(text.contains(#"clusterd_jobs{state="queued"} 0"#) && text.contains("clusterd_ready 1"))
        let bytes = try #require(text.first { $0.hasPrefix("clusterd_stored_bytes ") })
        #expect(try #require(Int(bytes.dropFirst("clusterd_stored_bytes ".count))) > 32)
        await test.service.stop()
    }

    @Test func everyMetricHasHelpAndAType() async throws {
        let test = try await TestService()
        test.service.metrics.requestEnded(summary(.get, route: "/livez", status: .ok))
        var described: Set<String> = []
        for line in try await lines(test) {
            if line.hasPrefix("# ") {
                described.insert(String(line.split(separator: " ")[2]))
                continue
            }
            let name = line.prefix { $0 != " " && $0 != "{" }
            let families = ["", "_bucket", "_sum", "_count"].compactMap { suffix in
                name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
            }
            #expect(families.contains { described.contains($0) }, "\(name)")
        }
        await test.service.stop()
    }
}
