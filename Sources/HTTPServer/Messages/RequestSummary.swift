public import HTTPTypes

/// What there is to log or to count of a request that has ended.
public struct RequestSummary: Sendable {
    /// The method, or nil when the head was malformed.
    public var method: HTTPRequest.Method?

    /// The path as it was sent, or nil when the head was malformed.
    public var path: String?

    /// The template of the route that was found, such as `/v1/jobs/{id}`, which unlike the path has few values; nil
    /// without a ``Router`` and where nothing was found.
    public var route: String?

    /// The status that was sent, or nil when the client left before a response began.
    public var status: HTTPResponse.Status?

    /// The bytes of content received, after chunked decoding.
    public var bytesReceived: Int

    /// The bytes of content sent, before chunked encoding.
    public var bytesSent: Int

    /// The time from the end of the request's head to the end of its response.
    public var duration: Duration

    /// The id of the request.
    public var requestID: String

    /// Where the request belongs in a distributed trace, if the client said so.
    public var trace: TraceContext?

    /// The address of the client.
    public var remoteAddress: SocketAddress

    /// Whether the response was written to its end.
    public var isComplete: Bool

    /// What the handler noted to be logged, by ``Request/annotate(_:_:)``; of two notes of one name the later.
    public var annotations: [String: String] = [:]

    /// Creates a summary.
    public init(
        method: HTTPRequest.Method?, path: String?, route: String? = nil, status: HTTPResponse.Status?,
        bytesReceived: Int,
        bytesSent: Int, duration: Duration, requestID: String, trace: TraceContext? = nil, remoteAddress: SocketAddress,
        isComplete: Bool
    ) {
        self.method = method
        self.path = path
        self.route = route
        self.status = status
        self.bytesReceived = bytesReceived
        self.bytesSent = bytesSent
        self.duration = duration
        self.requestID = requestID
        self.trace = trace
        self.remoteAddress = remoteAddress
        self.isComplete = isComplete
    }
}
