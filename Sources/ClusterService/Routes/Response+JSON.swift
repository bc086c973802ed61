import HTTPServer
import HTTPTypes

extension Response {
    /// An answer in JSON.
    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        .bytes(value.bytes + [0x0A], mediaType: "application/json", status: status, headers: headers)
    }

    /// An answer of one media type that is at hand whole.
    static func bytes(
        _ bytes: [UInt8], mediaType: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        return Response(status: status, headers: headers, body: .bytes(bytes))
    }

    /// An answer that `write` makes while it is sent.
    static func written(
        mediaType: String, headers: HTTPFields = [:],
        _ write: @escaping @Sendable (_ output: ByteOutput) async throws -> Void
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        return Response(
            status: .ok, headers: headers,
            body: .stream(length: nil) { body in try await write { try await body.write($0) } })
    }

    /// The same answer in one piece, so that it carries its length and an error in making it becomes its status.
    func collected(when isSmall: Bool) async throws -> Response {
        guard isSmall else { return self }
        return Response(status: status, headers: headers, body: .bytes(try await body.collect()))
    }
}

extension HTTPFields {
    /// The value of a field that has no constant of its own.
    subscript(named name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set {
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}
