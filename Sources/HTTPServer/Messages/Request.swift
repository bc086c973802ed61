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
    public private(set) var query: QueryParameters

    /// The header fields in the order they were sent; trailer fields are never among them.
    public let headers: HTTPFields

    /// The content; it is read from the connection as the handler asks for it.
    public private(set) var body: RequestBody

    /// The id of the request: a valid `X-Request-Id` of the client's, else the trace's of a `traceparent`, else one made
    /// by the server.
    ///
    /// The response carries it as `X-Request-Id`.
    public let id: String

    /// Where the request belongs in a distributed trace, if the client said so in `traceparent`.
    public let trace: TraceContext?

    /// The address of the client.
    public let remoteAddress: SocketAddress

    /// The certificate that the client has shown, found good; nil without TLS or where clients are not asked for one.
    public let clientCertificate: ClientCertificate?

    /// The host and port that the request is meant for: those of a target in absolute form, else what `Host` says; nil
    /// where nothing says it, as HTTP/1.0 allows.
    public var authority: String? { targetAuthority ?? Self.hostName.flatMap { headers[$0] } }
    private static let hostName = HTTPField.Name("Host")
    private let targetAuthority: String?

    /// What is learnt of the request while it is served.
    private let notes: (any RequestNotes)?

    /// The fields that came after a chunked body, once it has been read to its end; empty until then.
    ///
    /// Only those that may stand there (RFC 9110, section 6.5.1): none that frame, route, authenticate or control.
    public var trailers: HTTPFields { notes?.trailers ?? [:] }

    /// Notes what there is to log of the request when it has ended, such as whose it is; see
    /// ``RequestSummary/annotations``.
    public func annotate(_ name: String, _ value: String) { notes?.annotate(name, value) }

    /// The router has found the request's route.
    func note(route: String) { notes?.note(route: route) }

    /// Creates a request, for tests and for callers without a connection.
    public init(
        method: HTTPRequest.Method,
        path: String,
        query: QueryParameters = QueryParameters(items: []),
        headers: HTTPFields = [:],
        body: RequestBody = .empty,
        id: String = "local",
        trace: TraceContext? = nil,
        remoteAddress: SocketAddress = .loopback,
        clientCertificate: ClientCertificate? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.id = id
        self.trace = trace
        self.remoteAddress = remoteAddress
        self.clientCertificate = clientCertificate
        targetAuthority = nil
        notes = nil
    }

    /// The request that a connection's client has sent.
    init(
        _ head: RequestHead, query: QueryParameters, body: RequestBody, id: String, from client: SocketAddress,
        _ certificate: ClientCertificate?, notes: any RequestNotes
    ) {
        method = head.method
        path = head.path
        self.query = query
        headers = head.fields
        self.body = body
        self.id = id
        trace = head.trace
        remoteAddress = client
        clientCertificate = certificate
        targetAuthority = head.authority
        self.notes = notes
    }

    /// The same request with another query.
    public func with(query: QueryParameters) -> Request {
        var request = self
        request.query = query
        return request
    }

    /// The same request with another body.
    public func with(body: RequestBody) -> Request {
        var request = self
        request.body = body
        return request
    }
}

/// What is learnt of a request while it is served.
protocol RequestNotes: AnyObject, Sendable {
    /// The fields that came after the body.
    var trailers: HTTPFields { get }

    /// The router has found the request's route.
    func note(route: String)

    /// There is something to log when the request has ended.
    func annotate(_ name: String, _ value: String)
}
