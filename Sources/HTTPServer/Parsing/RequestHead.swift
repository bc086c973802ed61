import HTTPTypes

/// The head of a request, found valid.
struct RequestHead: Equatable {
    var method: HTTPRequest.Method
    var path: String
    var query: String?

    /// The host and port of a target in absolute form, which go before those of Host; nil in other forms.
    var authority: String?

    /// The minor version of HTTP/1 that the exchange is in: 0 or 1.
    var minorVersion: Int
    var fields: HTTPFields
    var framing: BodyFraming

    /// Whether the client is ready to send further requests on the connection.
    var keepsAlive: Bool

    /// Whether the client waits for a 100 before it sends the body.
    var expectsContinue: Bool

    /// The client's own id of the request, if it is one that can be used, else that of its trace.
    var requestID: String?

    /// Where the request belongs in a distributed trace, if the client said so.
    var trace: TraceContext?
}

/// How the end of a request's body is found (RFC 9112, section 6.3).
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}
