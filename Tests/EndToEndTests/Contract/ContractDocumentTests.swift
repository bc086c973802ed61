import Foundation
import Testing

/// What can be said of openapi.yaml without a service.
@Suite struct ContractDocumentTests {
    let document: OpenAPIDocument

    init() throws { document = try OpenAPIDocument() }

    @Test func everySchemaUsesOnlyKeywordsThatAreChecked() throws {
        #expect(document.allSchemas.count > 50)
        for schema in document.allSchemas { try document.schemas.checkKeywords(of: schema) }
    }

    @Test func operationsHaveIdentifiersOfTheirOwn() {
        let identifiers = document.operations.map(\.id)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(identifiers.allSatisfy { !$0.contains(" ") })
    }

    @Test func everyOperationPromisesASuccessAndAProblem() {
        for operation in document.operations {
            #expect(operation.responses.keys.contains { $0.hasPrefix("2") }, "\(operation.id)")
            for (status, response) in operation.responses where !status.hasPrefix("2") && status != "304" {
                #expect(Array(response.content.keys) == ["application/problem+json"], "\(operation.id) \(status)")
            }
        }
    }

    @Test func everyPathParameterIsDocumented() {
        for operation in document.operations {
            let names = operation.path.matches(of: #/\{(\w+)\}/#).map { String($0.1) }
            let documented = operation.parameters.filter { $0.location == "path" }
            #expect(documented.map(\.name) == names, "\(operation.id)")
            #expect(documented.allSatisfy { $0.isRequired }, "\(operation.id)")
        }
    }

    @Test func everyRouteOfTheServiceIsDocumented() throws {
        let folder = Repository.file("Sources/ClusterService/Routes")
        var routes: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let source = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for match in source.matches(of: #/router\.on\(\s*\.(\w+), "([^"]+)"/#) {
                routes.insert("\(match.1.uppercased()) \(match.2)")
            }
        }
        #expect(routes == Set(document.operations.map { "\($0.method) \($0.path)" }))
    }

    @Test func everyKindOfProblemIsDocumented() throws {
        let schema = try #require(document.root["components"]?["schemas"]?["ProblemType"])
        // Those whose names are put together.
        var kinds: Set = [
            "no-such-job", "no-such-model", "malformed-points", "points-too-large", "line-ends-stripped",
        ]
        for folder in ["ClusterService", "HTTPServer", "JobStore"] {
            let path = Repository.file("Sources/\(folder)")
            let files = try #require(FileManager.default.enumerator(atPath: path)?.allObjects as? [String])
            for file in files where file.hasSuffix(".swift") {
                let source = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
                kinds.formUnion(source.matches(of: #/"/problems/([a-z0-9-]+)"/#).map { String($0.1) })
            }
        }
        #expect(try #require(schema["enum"]?.strings).sorted() == kinds.map { "/problems/\($0)" }.sorted())
        let table = try #require(schema["description"]?.string)
        for kind in kinds { #expect(table.contains("| `\(kind)` | "), "\(kind)") }
    }

    @Test func theQueryOfClusterIsTheObjectOfJobs() throws {
        let query = try #require(document["cluster"]).parameters.filter { $0.location == "query" }.map(\.name)
        let schemas = try #require(document.root["components"]?["schemas"])
        let parameters = try #require(schemas["Parameters"])
        let names = try #require(parameters["properties"]?.members).keys
        #expect(Set(query).subtracting(["format", "header", "delimiter", "id_column", "dtype"]) == Set(names))
        #expect(Set(try #require(parameters["required"]?.strings)) == Set(names))
        let submitted = try #require(schemas["NewJob"]?["properties"]?.members)
        #expect(Set(submitted.keys).subtracting(["dataset", "webhook"]) == Set(names))
        for name in names { #expect(submitted[name] == parameters["properties"]?[name], "\(name)") }
    }
}
