import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct BrowserGuardTests {
    private func fields(_ pairs: KeyValuePairs<String, String>) -> HTTPFields {
        var fields: HTTPFields = [:]
        for (name, value) in pairs { fields[named: name] = value }
        return fields
    }

    private func service(_ hosts: [String]?, origins: [String] = []) async throws -> TestService {
        try await TestService(TemporaryDirectory()) {
            $0.hosts = hosts
            $0.origins = origins
        }
    }

    @Test(
        arguments: [
            "localhost", "LOCALHOST:8080", "localhost.", "a.localhost:1", "127.0.0.1:8080", "127.3.2.1", "[::1]:8080",
            "", "clusters.example", "Clusters.Example:80",
        ])
    func loopbackAndNamesThatAreAllowedAreServed(host: String) async throws {
        for allowed in ["clusters.example", "Clusters.example:8443"] {
            let test = try await service([allowed])
            #expect(try await test.send(.get, "/v1", fields(["Host": host])).status == 200)
        }
    }

    @Test(arguments: ["fd00::1", "[fd00::1]", "[fd00::1]:8443"])
    func anAddressIsAllowedHoweverItIsWritten(allowed: String) async throws {
        let test = try await service([allowed])
        #expect(try await test.send(.get, "/v1", fields(["Host": "[fd00::1]:8080"])).status == 200)
        #expect(try await test.send(.get, "/v1", fields(["Host": "[fd00::2]:8080"])).status == 421)
    }

    @Test(arguments: [(nil, 200), ([], 421), (["metrics.example"], 200)] as [([String]?, Int)])
    func metricsOnAPortOfTheirOwnAnswerToTheirNames(hosts: [String]?, status: Int) async throws {
        let test = try await TestService(TemporaryDirectory()) {
            $0.hosts = nil
            $0.metricsHosts = hosts
        }
        let router = test.service.metricsRouter(isGuarded: false)
        func answer(_ host: String) async -> Response {
            await router.respond(
                to: Request(method: .get, path: "/metrics", headers: fields(["Host": host])))
        }
        #expect(await answer("metrics.example:9100").status.code == status)
        #expect(await answer("localhost:9100").status == .ok)
    }

    @Test(
        arguments: [
            "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "10.0.0.1", "[fe80::1]",
            "127.0.0.1%00", "0x7f.1",
        ])
    func otherNamesAreMisdirected(host: String) async throws {
        let test = try await service([])
        let reply = try await test.send(.get, "/v1/datasets", fields(["Host": host]))
        #expect(reply.status == 421 && reply.problem == "unknown-host", "\(reply.text)")
        #expect(reply.text.contains("--allowed-host"))
        #expect(try await test.send(.get, "/livez", fields(["Host": host])).status == 200)
    }

    @Test func whereTheNameIsNobodysBusinessAnyWillDo() async throws {
        let test = try await service(nil)
        #expect(try await test.send(.get, "/v1", fields(["Host": "evil.example"])).status == 200)
        let keyed = try await TenantService { $0.hosts = [] }
        #expect(try await keyed.get("/v1", keyed.ada + fields(["Host": "evil.example"])).status == 200)
    }

    @Test(
        arguments: [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": "http://localhost:9"],
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
            ["Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"],
        ] as [KeyValuePairs<String, String>])
    func pagesOfOtherOriginsChangeNothing(from page: KeyValuePairs<String, String>) async throws {
        let test = try await service([], origins: ["https://app.example"])
        let headers = fields(page) + fields(["Host": "localhost:8080"])
        for (method, target) in [
            (HTTPRequest.Method.post, "/v1/cluster?k=1"), (.put, "/v1/datasets/a"), (.delete, "/v1/datasets/a"),
        ] {
            let reply = try await test.send(method, target, headers, body: "1,2\n")
            #expect(reply.status == 403 && reply.problem == "foreign-origin", "\(reply.text)")
            #expect(reply.text.contains("--cors-origin"))
        }
        // It cannot read this, and it changes nothing.
        #expect(try await test.send(.get, "/v1/datasets", headers).status == 200)
    }

    @Test(
        arguments: [
            [:], ["Origin": "http://localhost:8080"], ["Origin": "https://LOCALHOST:8080"],
            ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"],
            ["Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"],
        ] as [KeyValuePairs<String, String>])
    func ownPagesAllowedOnesAndProgramsAreServed(from page: KeyValuePairs<String, String>) async throws {
        let test = try await service([], origins: ["https://app.example"])
        let headers = fields(page) + fields(["Host": "localhost:8080"])
        #expect(try await test.send(.post, "/v1/cluster?k=1", headers, body: "1,2\n3,4\n").status == 200)
    }

    @Test func whoShowsAKeyMayComeFromAnywhere() async throws {
        let keyed = try await TenantService()
        let headers = keyed.ada + fields(["Origin": "https://evil.example"])
        #expect(try await keyed.put("a", headers).status == 201)
    }
}
