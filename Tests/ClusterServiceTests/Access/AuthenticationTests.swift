import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct AuthenticationTests {
    @Test func withoutKeysNobodyIsAskedForOne() async throws {
        let test = try await TestService()
        #expect(try await test.send(.get, "/v1/jobs").status == 200)
        #expect(try await test.send(.get, "/v1/jobs", [.authorization: "Bearer nonsense"]).status == 200)
    }

    @Test(arguments: ["/v1", "/v1/jobs", "/v1/nothing", "/metrics", "/nothing", "/livez/x", "//livez", "/v1/../livez"])
    func everythingButProbesAndTheContractNeedsAKey(path: String) async throws {
        let service = try await TenantService()
        let reply = try await service.test.send(.get, path)
        #expect(reply.status == 401 && reply.problem == "unauthenticated")
        #expect(reply.headers[.wwwAuthenticate] == #"Bearer realm="clusterd""#)
    }

    @Test(arguments: ["/", "/livez", "/readyz"])
    func probesAndTheStartPageNeedNone(path: String) async throws {
        #expect(try await TenantService().test.send(.get, path).status == 200)
    }

    @Test func aKeyIsTakenFromEitherField() async throws {
        let service = try await TenantService()
        let value = try #require(service.ada[.authorization])
        let key = String(value.dropFirst("Bearer ".count))
        #expect(try await service.get("/v1", [.authorization: "bearer  \(key)"]).status == 200)
        var fields: HTTPFields = [:]
        fields[named: "X-API-Key"] = key
        let reply = try await service.get("/v1", fields)
        #expect(reply.status == 200)
        #expect(reply.headers[.cacheControl] == "private, no-cache")
    }

    @Test func whatIsNoGoodKeyIsRefusedAlike() async throws {
        let service = try await TenantService()
        let key = try #require(service.ada[.authorization])
        let other = key.hasSuffix("0") ? "1" : "0"
        for value in [
            String(key.dropLast()) + other, String(key.dropLast()), key + "0", "Bearer ack_0_0", "Basic YTpi", "Bearer",
            "Bearer " + key, "Bearer ack_0000000000000000_\(String(repeating: "0", count: 64))",
        ] {
            let reply = try await service.get("/v1", [.authorization: value])
            #expect(reply.status == 401, "\(value)")
            #expect(reply.headers[.wwwAuthenticate]?.contains("invalid_token") == true)
        }
    }

    @Test func revokedAndExpiredKeysAreNoGood() async throws {
        let service = try await TenantService()
        let (record, _) = try service.file.create(name: "x", scope: .read, lifetime: -1)
        let id = try #require(service.ada[.authorization]?.split(separator: "_")[1])
        _ = try service.file.revoke(String(id))
        service.test.service.keys.refresh()
        #expect(try await service.get("/v1", service.ada).status == 401)
        #expect(try await service.get("/v1", service.bob).status == 200)
        #expect(!record.isGood(at: record.createdAt))
    }

    @Test func whoWaitsWithAKeyThatIsRevokedLearnsNothing() async throws {
        let service = try await TenantService()
        let rows = (0..<2_000).map { row in (0..<20).map { "\((row * 7 + $0 * row * row) % 13)" }.joined(separator: ",")
        }
        _ = try await service.put("long", service.ada, points: rows.joined(separator: "\n") + "\n")
        let long = """
            {"dataset":"long","k":3,"solver":"gradient","preprocessing":"none","tolerance":0,"max_steps":10000000}
            """
        let id = try await service.test.post("/v1/jobs", json: long, service.ada).string("id")
        var headers = service.ada
        headers[.prefer] = "wait=30"
        async let waiting = service.get("/v1/jobs/\(id)", headers)
        try await Task.sleep(for: .milliseconds(300))
        let key = try #require(service.ada[.authorization]?.split(separator: "_")[1])
        _ = try service.file.revoke(String(key))
        service.test.service.keys.refresh()
        #expect(try await service.test.send(.post, "/v1/jobs/\(id)/cancel", service.admin).status == 202)
        let reply = try await waiting
        #expect(reply.status == 401 && reply.problem == "unauthenticated", "\(reply.text)")
    }

    @Test func theReasonAgainstAKeyIsNamed() async throws {
        let service = try await TenantService()
        let ring = service.test.service.keys
        let key = String(try #require(service.ada[.authorization]).dropFirst("Bearer ".count))
        let id = String(key.split(separator: "_")[1])
        func reason(_ text: String, at now: Date = Date()) -> String? {
            do throws(AccessRefusal) { return try ring.key(text, now: now).map { $0.name } } catch {
                return error.reason
            }
        }
        #expect(reason(key) == "ada" && reason("eyJ") == nil)
        #expect(reason("ack_0000000000000000_\(String(repeating: "0", count: 64))") == "no key has this id")
        #expect(reason(key.dropLast(64) + String(repeating: "0", count: 64)) == "another secret than that of key \(id)")
        let short = try service.file.create(name: "x", scope: .read, lifetime: 60)
        _ = try service.file.revoke(id)
        ring.refresh()
        #expect(reason(key) == "key \(id) was revoked")
        #expect(reason(short.key, at: Date() + 61) == "key \(short.record.id) has expired")
    }

    @Test func aServiceThatRunsSeesNewKeysAndDoesNotOpenWhenTheFileIsLost() async throws {
        let test = try await TestService()
        let file = KeyFile(directory: test.directory.path)
        let (_, key) = try file.create(name: "late", scope: .read)
        test.service.keys.refresh()
        #expect(try await test.send(.get, "/v1").status == 401)
        #expect(try await test.send(.get, "/v1", [.authorization: "Bearer \(key)"]).status == 200)
        try removeFile(file.path)
        test.service.keys.refresh()
        #expect(try await test.send(.get, "/v1").status == 401)
        #expect(try await test.send(.get, "/v1", [.authorization: "Bearer \(key)"]).status == 401)
    }

    @Test func aKeyFileThatCannotBeReadLetsNobodyIn() async throws {
        let service = try await TenantService()
        try writeFile(service.file.path, "{")
        service.test.service.keys.refresh()
        #expect(try await service.get("/v1", service.admin).status == 401)
    }

    @Test func theLastUseOfAKeyIsWrittenDown() async throws {
        let service = try await TenantService()
        let id = String(try #require(service.ada[.authorization]?.split(separator: "_")[1]))
        _ = try await service.get("/v1", service.ada)
        service.test.service.keys.saveLastUses()
        // The service's own upkeep may have taken the note first and still be writing it.
        for _ in 0..<100 where service.file.lastUses()[id] == nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(service.file.lastUses()[id] != nil)
        #expect(service.file.lastUses().count == 1)
    }

    @Test func aReaderReadsAndLabelsAndChangesNothing() async throws {
        let service = try await TenantService()
        #expect(try await service.put("a.csv", service.ada).status == 201)
        let (job, model) = try await service.finishedJob("a.csv", service.ada)
        for target in ["/v1/datasets/a.csv", "/v1/datasets/a.csv/content", "/v1/jobs/\(job)/result", "/v1/models"] {
            #expect(try await service.get(target, service.reader).status == 200, "\(target)")
        }
        let labels = try await service.test.send(
            .post, "/v1/models/\(model)/assign", service.reader, body: TenantService.points)
        #expect(labels.status == 200)
        for (method, target) in [
            (.put, "/v1/datasets/b.csv"), (.post, "/v1/datasets"), (.post, "/v1/cluster"), (.post, "/v1/jobs"),
            (.delete, "/v1/datasets/a.csv"), (.post, "/v1/jobs/\(job)/cancel"), (.delete, "/v1/jobs/\(job)"),
            (.delete, "/v1/models/\(model)"), (.post, "/v1/datasets/a.csv/rows"),
        ] as [(HTTPRequest.Method, String)] {
            let reply = try await service.test.send(method, target, service.reader, body: TenantService.points)
            #expect(reply.status == 403 && reply.problem == "insufficient-scope", "\(method) \(target)")
            #expect(reply.headers[.wwwAuthenticate]?.contains(#"scope="write""#) == true)
        }
    }
}
