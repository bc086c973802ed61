import Foundation

/// openapi.yaml, read as the promise that it is.
struct OpenAPIDocument {
    /// One operation, with everything that its path says resolved into it.
    struct Operation {
        let id: String
        /// In capitals.
        let method: String
        let path: String
        let parameters: [Parameter]
        /// The media types of the body and their schemas; empty for an operation without a body.
        let bodies: [String: JSON]
        let responses: [String: Response]

        /// What is promised for a status; `default` stands for all that are not named.
        func response(_ status: Int) -> Response? { responses["\(status)"] ?? responses["default"] }
    }

    struct Parameter {
        let name: String
        /// `path`, `query` or `header`.
        let location: String
        let isRequired: Bool
        let schema: JSON
    }

    struct Response {
        /// Media types and the schemas of their content.
        let content: [String: JSON]
        /// Names and schemas of the header fields that may come.
        let headers: [String: JSON]
        let requiredHeaders: [String]
    }

    let root: JSON
    let operations: [Operation]

    var schemas: JSONSchema { JSONSchema(document: root) }

    init() throws {
        root = try JSON(yaml: try String(contentsOfFile: Repository.file("openapi.yaml"), encoding: .utf8))
        let root = root
        operations = try (root["paths"]?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { path, item in
            let shared = item["parameters"]?.array ?? []
            return try (item.members ?? [:]).filter { $0.key != "parameters" }.sorted { $0.key < $1.key }
                .map { try Self.operation($0, path, $1, shared, JSONSchema(document: root)) }
        }
    }

    subscript(id: String) -> Operation? { operations.first { $0.id == id } }

    /// All schemas there are, whether something uses them or not.
    var allSchemas: [JSON] {
        (root["components"]?["schemas"]?.members ?? [:]).values.map(\.self)
            + operations.flatMap { operation in
                operation.parameters.map(\.schema) + operation.bodies.values
                    + operation.responses.values.flatMap { Array($0.content.values) + Array($0.headers.values) }
            }
    }

    private static func operation(
        _ method: String, _ path: String, _ json: JSON, _ shared: [JSON], _ schemas: JSONSchema
    ) throws -> Operation {
        func resolved(_ json: JSON) throws -> JSON {
            try json["$ref"]?.string.map { try resolved(try schemas.target(of: $0)) } ?? json
        }
        func content(_ json: JSON) -> [String: JSON] {
            (json["content"]?.members ?? [:]).mapValues { $0["schema"] ?? true }
        }
        let parameters = try (shared + (json["parameters"]?.array ?? [])).map { try resolved($0) }
        let body = try json["requestBody"].map { try resolved($0) }
        let responses = try (json["responses"]?.members ?? [:]).mapValues { response in
            let response = try resolved(response)
            let headers = try (response["headers"]?.members ?? [:]).mapValues { try resolved($0) }
            return Response(
                content: content(response), headers: headers.mapValues { $0["schema"] ?? true },
                requiredHeaders: headers.filter { $0.value["required"] == true }.keys.sorted())
        }
        return Operation(
            id: json["operationId"]?.string ?? "\(method) \(path)", method: method.uppercased(), path: path,
            parameters: parameters.map {
                Parameter(
                    name: $0["name"]?.string ?? "", location: $0["in"]?.string ?? "",
                    isRequired: $0["required"] == true, schema: $0["schema"] ?? true)
            },
            bodies: body.map(content) ?? [:], responses: responses)
    }
}
