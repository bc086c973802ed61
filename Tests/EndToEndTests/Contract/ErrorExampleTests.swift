import Foundation
import Testing

extension EndToEnd {
    /// The examples of errors in openapi.yaml, each provoked and compared with what the service says.
    @Suite struct ErrorExampleTests {
        /// A body that makes the service answer as an example says.
        struct Provocation: Sendable {
            let example: String
            let type: String
            let body: Data
            let query: String
            let coding: String?

            init(_ example: String, _ type: String, _ body: Data, query: String = "", coding: String? = nil) {
                self.example = example
                self.type = type
                self.body = body
                self.query = query
                self.coding = coding
            }
        }

        private static let provocations = [
            Provocation("csv-text", "text/csv", Data("x,y\n1,2\n3,abc\n".utf8)),
            Provocation("csv-empty-cell", "text/csv", Data("x,y\n1,2\n3,\n".utf8)),
            Provocation("csv-ragged", "text/csv", Data("x,y\n1,2\n3,4,5\n".utf8)),
            Provocation("csv-decimal-comma", "text/csv", Data("x;y\n1,5;2\n2;3\n".utf8)),
            Provocation("csv-too-large", "text/csv", Data("x,y\n1,2\n3,1e39\n".utf8)),
            Provocation("csv-open-quote", "text/csv", Data("x,y\n1,\"2\n3,4\n".utf8)),
            Provocation("csv-unknown-column", "text/csv", Data("x,y\n1,2\n3,4\n".utf8), query: "?columns=z"),
            Provocation("csv-header-only", "text/csv", Data("x,y\n".utf8)),
            Provocation(
                "csv-line-ends-stripped", "application/x-www-form-urlencoded", Data("x,y1.5,23.5,45.5,6.1.2".utf8)),
            Provocation("json-cut-off", "application/json", Data("[[1,2],\n[3".utf8)),
            Provocation("json-null", "application/json", Data("[[1,2],\n[3,null]]".utf8)),
            Provocation("json-ragged", "application/json", Data("[[1,2],\n[3]]".utf8)),
            Provocation("json-flat", "application/json", Data("[1,2,3]".utf8)),
            Provocation("json-unknown-member", "application/json", Data("{\"k\":3,\"points\":[[1,2]]}".utf8)),
            Provocation("json-empty-columns", "application/json", Data("{\"columns\":[],\"points\":[[1,2]]}".utf8)),
            Provocation("json-no-names", "application/json", Data("{\"points\":[[1,2]]}".utf8), query: "?columns=x"),
            Provocation("ndjson-missing-name", "application/x-ndjson", Data("{\"x\":1,\"y\":2}\n{\"x\":3}\n".utf8)),
            Provocation("ndjson-mixed", "application/x-ndjson", Data("{\"x\":1}\n[2]\n".utf8)),
            Provocation("npy-objects", "application/x-npy", array("|O", "(2, 2)", [])),
            Provocation(
                "npy-dimensions", "application/x-npy", array("<f4", "(2, 2, 2)", Array(repeating: 0, count: 32))),
            Provocation(
                "npy-not-finite", "application/x-npy",
                array("<f4", "(2, 2)", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 127])),
            Provocation("npy-cut-off", "application/x-npy", array("<f4", "(2, 2)", Array(repeating: 0, count: 9))),
            Provocation(
                "npy-identifier", "application/x-npy", array("<f4", "(2, 2)", Array(repeating: 0, count: 16)),
                query: "?id_column=0"),
            Provocation("parquet", "application/octet-stream", packed("UEFSMRUEFQ==")),
            Provocation("gzip-damaged", "text/csv", packed("H4sIAAAAAAAAA/////8="), coding: "gzip"),
            Provocation("empty", "text/csv", Data("".utf8)),
        ]

        @Test func everyExampleIsWhatTheServiceAnswers() async throws {
            let document = try OpenAPIDocument()
            let content = document.root["components"]?["responses"]?["Problem"]?["content"]
            let examples = try #require(content?["application/problem+json"]?["examples"]?.members)
            let schema = try #require(document.root["components"]?["schemas"]?["Problem"])
            #expect(Set(examples.keys) == Set(Self.provocations.map(\.example)))
            try await withService { service in
                for provocation in Self.provocations {
                    var arguments = ["-X", "PUT", "-H", "Content-Type: \(provocation.type)", "--data-binary", "@-"]
                    if let coding = provocation.coding { arguments += ["-H", "Content-Encoding: \(coding)"] }
                    let answer = try await service.curl(
                        "/v1/datasets/bad\(provocation.query)", arguments, input: provocation.body)
                    let example = try #require(examples[provocation.example]?["value"])
                    #expect(try document.schemas.faults(of: example, under: schema) == [], "\(provocation.example)")
                    let problem = try answer.json()
                    for member in ["type", "title", "status", "detail", "errors"] {
                        #expect(problem[member] == example[member], "\(provocation.example): \(answer.text)")
                    }
                    #expect(example["errors"]?.array?.isEmpty == false, "\(provocation.example) has no place")
                    #expect(answer.status == example["status"]?.int)
                }
            }
        }

        /// A `.npy` of a type and a shape with these bytes of numbers.
        private static func array(_ type: String, _ shape: String, _ numbers: [UInt8]) -> Data {
            let dictionary = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
            let padding = String(repeating: " ", count: 117 - dictionary.utf8.count)
            return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data("\(dictionary)\(padding)\n".utf8)
                + Data(numbers)
        }

        private static func packed(_ base64: String) -> Data { Data(base64Encoded: base64) ?? Data() }
    }
}
