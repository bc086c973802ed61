import Foundation
import Testing

/// Calls a service and holds every answer against the document.
final class ContractSession {
    let service: ClusterdService
    let document: OpenAPIDocument
    /// The statuses seen so far, by operation.
    private(set) var seen: [String: Set<Int>] = [:]

    init(_ service: ClusterdService) throws {
        self.service = service
        document = try OpenAPIDocument()
    }

    /// Calls an operation and expects a status, and that request and answer are as the document says.
    ///
    /// - Parameter isDocumented: whether the document must allow the request.
    @discardableResult
    func call(
        _ id: String, expecting status: Int, path: [String: String] = [:], query: [String: String] = [:],
        headers: [String: String] = [:], mediaType: String? = nil, body: Data? = nil, isDocumented: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let operation = try #require(document[id], "no operation is called \(id)", sourceLocation: sourceLocation)
        let call = ContractCall(
            operation: operation, path: path, query: query, headers: headers, mediaType: mediaType, body: body)
        if isDocumented {
            #expect(try call.faults(document.schemas) == [], sourceLocation: sourceLocation)
        }
        let answer = try await service.curl(call.target, call.arguments, input: body)
        #expect(answer.status == status, "\(id): \(answer.text.prefix(500))", sourceLocation: sourceLocation)
        #expect(try faults(of: answer, to: operation) == [], "\(id)", sourceLocation: sourceLocation)
        seen[id, default: []].insert(answer.status)
        return answer
    }

    /// What of an answer the document does not promise.
    func faults(of answer: Answer, to operation: OpenAPIDocument.Operation) throws -> [String] {
        // A success that only `default` covers would be called a problem.
        guard
            let response = answer.status < 400
                ? operation.responses["\(answer.status)"] : operation.response(answer.status)
        else { return ["the status \(answer.status) is not documented"] }
        var faults: [String] = []
        for name in response.requiredHeaders where answer[name] == nil { faults.append("the field \(name) is missing") }
        for (name, schema) in response.headers {
            guard let value = answer[name] else { continue }
            faults += try document.schemas.faults(of: .string(value), under: schema, at: name)
        }
        if response.content.isEmpty {
            return faults + (answer.body.isEmpty ? [] : ["content came that is not documented"])
        }
        guard let mediaType = answer.mediaType, let schema = response.content[mediaType] else {
            return faults + ["the media type \(answer.mediaType ?? "none") is not documented for \(answer.status)"]
        }
        // Octets are no text to hold to a schema.
        if schema["format"] == "binary" { return faults + (answer.body.isEmpty ? ["the content is empty"] : []) }
        if mediaType == "text/event-stream" {
            let events = Self.events(String(decoding: answer.body, as: UTF8.self))
            return try faults + (events.isEmpty ? ["no event came"] : [])
                + events.flatMap { try document.schemas.faults(of: $0, under: schema) }
        }
        let isJSON = mediaType == "application/json" || mediaType.hasSuffix("+json")
        guard let content = isJSON ? try answer.json() : String(data: answer.body, encoding: .utf8).map(JSON.string)
        else { return faults + ["the content is not UTF-8"] }
        return faults + (try document.schemas.faults(of: content, under: schema))
    }

    /// The events of a stream as objects of their fields; comments are left out.
    private static func events(_ text: String) -> [JSON] {
        text.components(separatedBy: "\n\n").compactMap { block in
            let fields = block.split(separator: "\n").compactMap { line -> (String, JSON)? in
                guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
                let value = line[line.index(after: colon)...]
                return (String(line[..<colon]), .string(String(value.first == " " ? value.dropFirst() : value)))
            }
            return fields.isEmpty ? nil : .object(Dictionary(fields) { $1 })
        }
    }
}
