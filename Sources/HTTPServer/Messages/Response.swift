public import HTTPTypes

/// A response as a handler states it: a status, header fields and a body.
///
/// The server adds what belongs to the connection: `Date`, `Content-Length` or `Transfer-Encoding`, `Connection` and
/// `X-Request-Id`. A `Content-Length`, `Transfer-Encoding`, `Keep-Alive` or `Upgrade` set here is replaced by the
/// server's own; `Connection: close` is obeyed.
///
/// ```swift
/// Response(status: .ok, headers: [.contentType: "text/plain"], body: .bytes(Array("hello\n".utf8)))
/// ```
public struct Response: Sendable {
    /// The status code and its reason phrase.
    public var status: HTTPResponse.Status

    /// The header fields, without those of the connection.
    public var headers: HTTPFields

    /// The content.
    public var body: ResponseBody

    /// Creates a response.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: ResponseBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The content of a response.
public enum ResponseBody: Sendable {
    /// No content: `Content-Length: 0`, or no length at all where the status has none (204, 304).
    case empty

    /// Content that is wholly in memory.
    case bytes([UInt8])

    /// Content that a closure writes piece by piece.
    ///
    /// With a length the response carries `Content-Length` and the closure must write exactly so many bytes; without
    /// one it is chunked (ended by the close of the connection for an HTTP/1.0 client). The closure runs in the task of
    /// the request, and not at all for HEAD. An error thrown from it breaks the connection off, so that the client
    /// cannot take the part for the whole.
    case stream(length: Int?, @Sendable (BodyWriter) async throws -> Void)
}

extension ResponseBody {
    /// The whole content in memory, a stream run to its end: for tests and for callers without a connection.
    ///
    /// - Throws: What the stream's closure throws.
    /// - Complexity: O(n) in the length of the content, time and memory.
    public func collect() async throws -> [UInt8] {
        switch self {
        case .empty: return []
        case .bytes(let bytes): return bytes
        case .stream(_, let write):
            let collected = CollectedBytes()
            try await write(BodyWriter { collected.append($0) })
            return collected.bytes
        }
    }
}
