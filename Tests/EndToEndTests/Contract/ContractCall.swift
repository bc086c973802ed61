import Foundation

/// One call of an operation, by its id and the names of its parameters.
struct ContractCall {
    let operation: OpenAPIDocument.Operation
    /// The values of the path's parameters.
    var path: [String: String] = [:]
    var query: [String: String] = [:]
    var headers: [String: String] = [:]
    var mediaType: String?
    var body: Data?

    /// Path and query as they are sent.
    var target: String {
        var target = operation.path
        for (name, value) in path { target = target.replacing("{\(name)}", with: Self.encoded(value)) }
        let pairs = query.sorted { $0.key < $1.key }.map { "\(Self.encoded($0))=\(Self.encoded($1))" }
        return pairs.isEmpty ? target : "\(target)?\(pairs.joined(separator: "&"))"
    }

    /// The arguments that make curl send it.
    var arguments: [String] {
        var arguments = ["-X", operation.method]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { arguments += ["-H", "\(name): \(value)"] }
        if body != nil { arguments += ["-H", "Content-Type: \(mediaType ?? "")", "--data-binary", "@-"] }
        return arguments
    }

    /// What of the call the document does not allow.
    func faults(_ schemas: JSONSchema) throws -> [String] {
        var faults: [String] = []
        let known = Dictionary(grouping: operation.parameters, by: \.location)
        for name in query.keys where known["query"]?.contains(where: { $0.name == name }) != true {
            faults.append("the query parameter \(name) is not documented")
        }
        for (location, values) in [("path", path), ("query", query), ("header", headers)] {
            for parameter in known[location] ?? [] {
                if let value = values[parameter.name] {
                    faults += try Self.faults(ofText: value, parameter, schemas)
                } else if parameter.isRequired {
                    faults.append("the parameter \(parameter.name) is missing")
                }
            }
        }
        guard let body else { return faults + (operation.bodies.isEmpty ? [] : ["the body is missing"]) }
        guard let schema = operation.bodies[mediaType ?? ""] else {
            return faults + ["a body of type \(mediaType ?? "none") is not documented"]
        }
        guard mediaType == "application/json" else { return faults }
        return faults + (try schemas.faults(of: try JSON(body), under: schema, at: "body"))
    }

    /// A parameter is sent as text; it fits when the text, or the number or truth value it spells, does.
    private static func faults(
        ofText text: String, _ parameter: OpenAPIDocument.Parameter, _ schemas: JSONSchema
    ) throws -> [String] {
        let readings = [JSON.string(text)] + [try? JSON(text)].compactMap { $0 }
        let faults = try readings.map { try schemas.faults(of: $0, under: parameter.schema, at: parameter.name) }
        return faults.contains { $0.isEmpty } ? [] : faults[0]
    }

    private static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }
}
