import Foundation
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct ContractRouteTests {
    /// `openapi.yaml` as it lies in the repository, four folders up.
    private var file: String {
        get throws {
            let root = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
            return try String(contentsOf: root.appendingPathComponent("openapi.yaml"), encoding: .utf8)
        }
    }

    @Test func theDocumentIsServedToTheByte() async throws {
        let test = try await TestService()
        let reply = try await test.send(.get, "/openapi.yaml")
        #expect(reply.headers[.contentType] == "application/yaml")
        #expect(try reply.text == file)
        await test.service.stop()
    }

    @Test func theJSONSaysWhatTheYAMLSays() async throws {
        let test = try await TestService()
        let json = try await test.send(.get, "/openapi.json").json
        #expect(json["openapi"] == .string("3.1.0"))
        #expect(json == (try JSONValue(yaml: file)))
        #expect(json["paths"]?["/v1/jobs"]?["post"]?["operationId"] == .string("createJob"))
        // A quoted status is a name, and a plain number is one.
        #expect(json["paths"]?["/livez"]?["get"]?["responses"]?["200"] != nil)
        #expect(json["components"]?["schemas"]?["Seed"]?["maximum"] == .unsigned(.max))
        await test.service.stop()
    }

    @Test(arguments: ["/openapi.yaml", "/openapi.json"])
    func aKnownDocumentIsNotSentAgain(path: String) async throws {
        let test = try await TestService()
        let tag = try #require(try await test.send(.get, path).headers[.eTag])
        #expect(try await test.send(.get, path, [.ifNoneMatch: tag]).status == 304)
        let packed = try await test.send(.get, path, [.acceptEncoding: "gzip"])
        #expect(packed.headers[.contentEncoding] == "gzip" && packed.headers[.eTag] == "W/\(tag)")
        #expect(try await test.send(.get, path, [.ifNoneMatch: "W/\(tag)"]).status == 304)
        await test.service.stop()
    }

    @Test func whatJSONCannotSayIsAnError() {
        #expect(throws: (any Error).self) { try JSONValue(yaml: "[1, 2]: x") }
        #expect(throws: (any Error).self) { try JSONValue(yaml: "") }
    }
}
