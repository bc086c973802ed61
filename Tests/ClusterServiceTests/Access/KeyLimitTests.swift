import Foundation
import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

@Suite struct KeyLimitTests {
    private func limits(_ change: (inout KeyLimits) -> Void) -> KeyLimits {
        var limits = KeyLimits()
        change(&limits)
        return limits
    }

    @Test func requestsBeyondTheRateAreToldWhenToComeAgain() async throws {
        let service = try await TenantService(
            limits {
                $0.requestsPerSecond = 0.01
                $0.burst = 2
            })
        let first = try await service.get("/v1", service.ada)
        #expect(first.status == 200)
        #expect(first.headers[named: "RateLimit-Policy"] == #""requests";q=2;w=200"#)
        #expect(first.headers[named: "RateLimit"] == #""requests";r=1;t=100"#)
        let missing = try await service.get("/v1/jobs/none", service.ada)
        #expect(missing.status == 404 && missing.headers[named: "RateLimit"] != nil)
        let refused = try await service.get("/v1", service.ada)
        #expect(refused.status == 429 && refused.problem == "too-many-requests")
        #expect(refused.headers[.retryAfter] == "100" && refused.headers[named: "RateLimit"] != nil)
        #expect(try await service.get("/v1", service.bob).status == 200)
        #expect(try await service.get("/livez", service.ada).status == 200)
    }

    @Test func aKeyHasOneRateAtAllPorts() async throws {
        let service = try await TenantService(
            limits {
                $0.requestsPerSecond = 0.01
                $0.burst = 2
            })
        let metrics = service.test.service.metricsRouter(isGuarded: true)
        let request = Request(method: .get, path: "/metrics", headers: service.ada)
        #expect(try await service.get("/v1", service.ada).status == 200)
        #expect(await metrics.respond(to: request).status == .ok)
        #expect(await metrics.respond(to: request).status == .tooManyRequests)
        #expect(try await service.get("/v1", service.ada).status == 429)
    }

    @Test func keysWithoutLimitsGetThoseOfTheService() async throws {
        let service = try await TenantService { $0.keyLimits.requestsPerSecond = 7 }
        #expect(
            try await service.get("/v1", service.ada).headers[named: "RateLimit-Policy"] == #""requests";q=7;w=1"#)
    }

    @Test func aRateOfAKeysOwnHasItsOwnBurst() async throws {
        let service = try await TenantService(limits { $0.requestsPerSecond = 2 }) {
            $0.keyLimits.requestsPerSecond = 100
            $0.keyLimits.burst = 500
        }
        #expect(
            try await service.get("/v1", service.ada).headers[named: "RateLimit-Policy"] == #""requests";q=2;w=1"#)
    }

    @Test func unfinishedJobsOfATenantAreCounted() async throws {
        let service = try await TenantService(limits { $0.jobs = 1 })
        let rows = (0..<2_000).map { row in (0..<20).map { "\((row * 7 + $0 * row * row) % 13)" }.joined(separator: ",")
        }
        _ = try await service.put("long", service.ada, points: rows.joined(separator: "\n") + "\n")
        _ = try await service.put("long", service.bob)
        let long = """
            {"dataset":"long","k":3,"solver":"gradient","preprocessing":"none","tolerance":0,"max_steps":10000000}
            """
        let id = try await service.test.post("/v1/jobs", json: long, service.ada).string("id")
        let refused = try await service.test.post("/v1/jobs", json: long, service.ada)
        #expect(refused.status == 429 && refused.problem == "too-many-jobs" && refused.headers[.retryAfter] != nil)
        #expect(try await service.test.post("/v1/jobs", json: #"{"dataset":"long"}"#, service.bob).status == 201)
        _ = try await service.test.send(.post, "/v1/jobs/\(id)/cancel", service.ada)
        var headers = service.ada
        headers[.prefer] = "wait=30"
        _ = try await service.test.send(.get, "/v1/jobs/\(id)", headers)
        let next = try await service.test.post("/v1/jobs", json: long, service.ada)
        #expect(next.status == 201)
        _ = try await service.test.send(.post, "/v1/jobs/\(try next.string("id"))/cancel", service.ada)
    }

    @Test func bytesOfATenantAreCountedWhetherOrNotOthersHaveThem() async throws {
        let service = try await TenantService(limits { $0.storedBytes = 6_000 })
        let points = (0..<500).map { "\($0),\($0 * 2)" }.joined(separator: "\n") + "\n"
        #expect(try await service.put("a", service.ada, points: points).status == 201)
        // The same again in its place takes no more; the same beside it does.
        #expect(try await service.put("a", service.ada, points: points).status == 200)
        let refused = try await service.put("b", service.ada, points: points)
        #expect(refused.status == 429 && refused.problem == "quota-exceeded")
        #expect(try await service.put("a", service.bob, points: points).status == 201)
        #expect(try await service.test.send(.delete, "/v1/datasets/a", service.ada).status == 204)
        #expect(try await service.put("b", service.ada, points: points).status == 201)
    }

    @Test func pointsThatAreNoDatasetAreNotCounted() async throws {
        let service = try await TenantService(limits { $0.storedBytes = 6_000 })
        let points = (0..<500).map { "\($0),\($0 * 2)" }.joined(separator: "\n") + "\n"
        #expect(try await service.put("a", service.ada, points: points).status == 201)
        let reply = try await service.test.send(.post, "/v1/cluster?k=2", service.ada, body: points)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(try await service.put("b", service.ada, points: points).status == 429)
    }

    @Test func bytesOfATenantAreThoseOfItsFilesFromTheFirstToTheLast() async throws {
        // Names as long as these take more than the numbers do.
        let points =
            "name,x\n" + (0..<100).map { "\(String(repeating: "n", count: 100))\($0),\($0)" }.joined(separator: "\n")
            + "\n"
        let probe = try await TenantService()
        #expect(
            try await probe.test.send(.put, "/v1/datasets/a?id_column=name", probe.ada, body: points).status == 201)
        let size = probe.test.service.datasets.storedBytes(of: "ada")
        #expect(size > 10_000 && size == probe.test.service.datasets.usage.bytes)
        for (room, status) in [(size - 1, 429), (size, 201)] {
            let service = try await TenantService(limits { $0.storedBytes = room })
            let reply = try await service.test.send(
                .put, "/v1/datasets/a?id_column=name", service.ada, body: points)
            #expect(reply.status == status, "\(reply.text)")
        }
    }

    @Test func aBodyIsNoLongerThanTheKeyAllows() async throws {
        let service = try await TenantService(limits { $0.bodyBytes = 100 })
        #expect(try await service.put("a", service.ada).status == 201)
        let points = (0..<100).map { "\($0)" }.joined(separator: "\n")
        let refused = try await service.put("a", service.ada, points: points)
        #expect(refused.status == 413 && refused.json["limit_bytes"] == .integer(100))
        let zipped = packed(Array(points.utf8) + Array(repeating: 0x0A, count: 200), .gzip)
        let bomb = try await service.test.send(
            .put, "/v1/datasets/b", service.ada + [.contentEncoding: "gzip"], bytes: zipped)
        #expect(bomb.status == 413)
    }
    @Test func datasetsOfATenantAreCounted() async throws {
        let service = try await TenantService(limits { $0.datasets = 1 })
        #expect(try await service.put("a", service.ada).status == 201)
        #expect(try await service.put("a", service.ada).status == 200)
        let refused = try await service.put("b", service.ada)
        #expect(refused.status == 429 && refused.problem == "quota-exceeded", "\(refused.text)")
        #expect(try await service.put("b", service.bob).status == 201)
        #expect(try await service.test.send(.delete, "/v1/datasets/a", service.ada).status == 204)
        #expect(try await service.put("b", service.ada).status == 201)
    }
}
