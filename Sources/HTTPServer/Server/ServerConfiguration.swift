import Glibc
public import Logging

/// Where a server listens and how it behaves.
public struct ServerConfiguration: Sendable {
    /// The address or name to listen on: `127.0.0.1`, `::1`, `localhost`; `0.0.0.0` and `::` are every address.
    public var host: String

    /// The port, 0 for any free one.
    public var port: Int

    /// Where to listen, in place of ``host`` and ``port``, when not empty: plain and TLS side by side.
    public var endpoints: [ServerEndpoint] = []

    /// What clients are allowed.
    public var limits: ServerLimits

    /// The number of event loops that connections are spread over: by default one for each core, at most 2.
    public var eventLoops: Int

    /// Where the server tells of what goes wrong.
    public var logger: Logger

    /// Called on the event loop at the end of each request, for an access log and for metrics; it must not block.
    public var onRequestEnd: (@Sendable (RequestSummary) -> Void)?

    /// Called on an event loop when a connection comes, goes or is turned away, for metrics; it must not block.
    public var onConnectionEvent: (@Sendable (ConnectionEvent) -> Void)?

    /// Whether an `X-Request-Id` of a client's may be taken over, which is logged and sent back; all by default.
    ///
    /// For those that look like a secret, sent in the wrong field. Called on the event loop; it must not block.
    public var acceptsRequestID: @Sendable (String) -> Bool = { _ in true }

    /// Creates a configuration.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, limits: ServerLimits = ServerLimits(),
        eventLoops: Int = ServerConfiguration.defaultEventLoops,
        logger: Logger = Logger(label: "HTTPServer"), onRequestEnd: (@Sendable (RequestSummary) -> Void)? = nil
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.eventLoops = eventLoops
        self.logger = logger
        self.onRequestEnd = onRequestEnd
    }

    /// Creates a configuration with several places to listen, or with TLS.
    public init(endpoints: [ServerEndpoint], limits: ServerLimits = ServerLimits()) {
        self.init(limits: limits)
        self.endpoints = endpoints
    }

    /// The endpoints that are listened on.
    var allEndpoints: [ServerEndpoint] { endpoints.isEmpty ? [.tcp(host: host, port: port)] : endpoints }

    /// One event loop for each core that is online, at most 2.
    public static var defaultEventLoops: Int { max(1, min(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
