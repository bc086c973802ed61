import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct CrossOriginTests {
    private func preflight(_ origin: String) -> HTTPFields {
        var fields: HTTPFields = [:]
        fields[named: "Origin"] = origin
        fields[named: "Access-Control-Request-Method"] = "PUT"
        return fields
    }

    @Test func noOriginIsAllowedByDefault() async throws {
        let test = try await TestService()
        let reply = try await test.send(.options, "/v1/jobs", preflight("https://app.example"))
        #expect(reply.headers[named: "Access-Control-Allow-Origin"] == nil)
        #expect(reply.headers[.vary] == nil)
    }

    @Test func aPreflightNeedsNoKeyAndTheRequestBehindItDoes() async throws {
        let service = try await TenantService { $0.origins = ["https://app.example"] }
        let asked = try await service.test.send(.options, "/v1/jobs", preflight("https://app.example"))
        #expect(asked.status == 204)
        #expect(asked.headers[named: "Access-Control-Allow-Origin"] == "https://app.example")
        #expect(asked.headers[named: "Access-Control-Allow-Methods"]?.contains("PUT") == true)
        #expect(asked.headers[named: "Access-Control-Allow-Headers"]?.contains("Authorization") == true)
        #expect(asked.headers[named: "Access-Control-Allow-Headers"]?.contains("traceparent, tracestate") == true)
        #expect(asked.headers[named: "Access-Control-Allow-Credentials"] == nil)
        #expect(asked.headers[.vary] == "Origin")
        var origin: HTTPFields = [:]
        origin[named: "Origin"] = "https://app.example"
        let refused = try await service.test.send(.get, "/v1/jobs", origin)
        #expect(refused.status == 401)
        // The page may read why.
        #expect(refused.headers[named: "Access-Control-Allow-Origin"] == "https://app.example")
    }

    @Test(arguments: ["https://app.example.evil", "http://app.example", "https://APP.example", "null", ""])
    func otherOriginsAreNotAllowed(origin: String) async throws {
        let service = try await TenantService { $0.origins = ["https://app.example"] }
        let reply = try await service.test.send(.options, "/v1/jobs", preflight(origin))
        #expect(reply.headers[named: "Access-Control-Allow-Origin"] == nil)
        #expect(reply.headers[.vary] == "Origin")
    }

    @Test func everyAnswerKeepsBrowsersFromGuessing() async throws {
        let test = try await TestService()
        for target in ["/", "/v1", "/nothing"] {
            let reply = try await test.send(.get, target)
            #expect(reply.headers[named: "X-Content-Type-Options"] == "nosniff", "\(target)")
            #expect(reply.headers[named: "Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true)
        }
    }
}
