import Foundation
import Testing

extension EndToEnd {
    /// The parameters of a clustering: what the document says of each, and what the service makes of it.
    @Suite struct ParameterContractTests {
        private let plane = Data("x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n".utf8)

        @Test func theServiceKnowsTheDocumentedParametersAndNoOthers() async throws {
            try await withService { service in
                let schema = try OpenAPIDocument().root["components"]?["schemas"]?["Parameters"]
                let documented = try #require(schema?["properties"]?.members)
                let defaults = try #require(try await service.curl("/v1").json()["defaults"]?.members)
                #expect(Set(defaults.keys) == Set(documented.keys))
            }
        }

        @Test func documentedDefaultsAreTheDefaults() async throws {
            try await withService { service in
                let document = try OpenAPIDocument()
                let defaults = try #require(try await service.curl("/v1").json()["defaults"])
                let schema = document.root["components"]?["schemas"]?["Parameters"]
                var count = 0
                for (name, property) in try #require(schema?["properties"]?.members) {
                    let target = try property["$ref"]?.string.map { try document.schemas.target(of: $0) } ?? property
                    guard let value = target["default"] else { continue }
                    count += 1
                    #expect(defaults[name] == value, "\(name)")
                }
                #expect(count >= 10)
            }
        }

        /// Values at and beyond the bounds of the schemas.
        private static let values: [(name: String, texts: [String])] = [
            ("k", ["1", "2", "6", "0", "-1", "1.5", "auto", "1000001", "+2", "", "two"]),
            ("seed", ["0", "18446744073709551615", "-1", "18446744073709551616", "0x10"]),
            ("standardize", ["true", "false", "yes", "TRUE"]),
            ("preprocessing", ["lift", "none", "Lift"]),
            ("solver", ["fixed_point", "gradient", "lloyd"]),
            ("refinement", ["auto", "none", "spherical", "diagonal", "tied", "full", "round"]),
            ("metric", ["euclidean", "cosine", "manhattan"]),
            ("robust", ["true", "false", "maybe"]),
            ("mode", ["heads", "in_context", "context"]),
            ("attention", ["linear", "softmax", "local"]),
            ("start", ["auto", "heads", "seeds", "modes", "random"]),
            ("beta", ["auto", "0.5", "0", "-1"]),
            ("lambda", ["auto", "0.5", "1e-3", "0", "-1", "inf", "nan", "automatic"]),
            ("rho", ["0", "0.5", "-0.1"]),
            ("context_length", ["2", "1000000", "1", "1000001"]),
            ("learning_rate", ["0.1", "0", "-1"]),
            ("max_steps", ["1", "10000000", "0", "10000001"]),
            ("tolerance", ["0", "0.999", "1", "-0.1"]),
            ("max_iterations", ["1", "1000000", "0", "1000001"]),
            ("time_budget_seconds", ["0.5", "60", "0", "-1", "soon"]),
            ("weight_column", ["y", "0", ""]),
            ("columns", ["x", "y,x", "0,1", "", "z", "x,x", "x,", "2"]),
            ("labels", ["", "a=1", "a=1,b=2", "a"]),
            ("header", ["auto", "true", "false", "present", "absent", "yes"]),
            ("delimiter", ["comma", ",", "dot", "semicolons"]),
            ("dtype", ["float32", "float64", "float16"]),
            ("format", ["json", "csv", "xml"]),
            ("page_size", ["1", "1000", "0", "1001", "x"]),
        ]

        @Test func documentAndServiceAgreeOnValues() async throws {
            // What no schema can say, because it depends on the points or is the grammar of a list.
            let beyondSchemas: Set = [
                "columns=z", "columns=x,x", "columns=x,", "columns=2", "labels=a", "header=false", "header=absent",
            ]
            try await withService { service in
                let document = try OpenAPIDocument()
                for (name, texts) in Self.values {
                    let isList = name == "page_size"
                    let operation = try #require(document[isList ? "listJobs" : "cluster"])
                    for text in texts {
                        let call = ContractCall(
                            operation: operation, query: [name: text], headers: ["Prefer": "respond-async"],
                            mediaType: isList ? nil : "text/csv", body: isList ? nil : plane)
                        let isDocumented = try call.faults(document.schemas).isEmpty
                        let answer = try await service.curl(call.target, call.arguments, input: call.body)
                        let isAllowed = isDocumented && !beyondSchemas.contains("\(name)=\(text)")
                        #expect(
                            answer.status == (isAllowed ? (isList ? 200 : 202) : 422), "\(name)=\(text): \(answer.text)"
                        )
                        if !isAllowed, name != "header" { #expect(answer.text.contains(name), "\(answer.text)") }
                    }
                }
            }
        }
    }
}
