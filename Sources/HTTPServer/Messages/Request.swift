public import HTTPTypes

/// A request whose head has been read and found valid; its body arrives while the handler runs.
public struct Request: Sendable {
    /// The method, in the case it was sent (methods are case-sensitive).
    public let method: HTTPRequest.Method

    /// The path as it was sent, percent-encoding and all, without the query; `*` for `OPTIONS *`.
    ///
    /// A target in absolute form is reduced to its path.
    public let path: String

    /// The decoded query.
    public let query: QueryParameters

    /// The header fields in the order they were sent; trailer fields are never among them.
    public let headers: HTTPFields

    /// The content; it is read from the connection as the handler asks for it.
    public let body: RequestBody

    /// The id of the request: a valid `X-Request-Id` of the client's, else the trace's of a `traceparent`, else one made
    /// by the server.
    ///
    /// The response carries it as `X-Request-Id`.
    public let id: String

    /// Where the request belongs in a distributed trace, if the client said so in `traceparent`.
    public let trace: TraceContext?

    /// The address of the client.
    public let remoteAddress: SocketAddress

    /// What is learnt of the request while it is served.
    let notes: (any RequestNotes)?

    /// The fields that came after a chunked body, once it has been read to its end; empty until then.
    ///
    /// Only those that may stand there (RFC 9110, section 6.5.1): none that frame, route, authenticate or control.
    public var trailers: HTTPFields { notes?.trailers ?? [:] }

    /// Creates a request, for tests and for callers without a connection.
    public init(
        method: HTTPRequest.Method,
        path: String,
        query: QueryParameters = QueryParameters(items: []),
        headers: HTTPFields = [:],
        body: RequestBody = .empty,
        id: String = "local",
        trace: TraceContext? = nil,
        remoteAddress: SocketAddress = .loopback
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.id = id
        self.trace = trace
        self.remoteAddress = remoteAddress
        notes = nil
    }

    init(
        method: HTTPRequest.Method, path: String, query: QueryParameters, headers: HTTPFields, body: RequestBody,
        id: String, trace: TraceContext?, remoteAddress: SocketAddress, notes: (any RequestNotes)?
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.id = id
        self.trace = trace
        self.remoteAddress = remoteAddress
        self.notes = notes
    }

    /// The same request with another query.
    public func with(query: QueryParameters) -> Request {
        Request(
            method: method, path: path, query: query, headers: headers, body: body, id: id,
            trace: trace, remoteAddress: remoteAddress, notes: notes)
    }

    /// The same request with another body.
    public func with(body: RequestBody) -> Request {
        Request(
            method: method, path: path, query: query, headers: headers, body: body, id: id,
            trace: trace, remoteAddress: remoteAddress, notes: notes)
    }
}

/// What is learnt of a request while it is served.
protocol RequestNotes: AnyObject, Sendable {
    /// The fields that came after the body.
    var trailers: HTTPFields { get }

    /// The router has found the request's route.
    func note(route: String)
}
