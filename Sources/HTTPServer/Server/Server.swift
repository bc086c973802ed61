import Glibc
import Synchronization

/// An HTTP/1.1 server on sockets and Dispatch.
///
/// ```swift
/// let server = Server(ServerConfiguration(port: 8080))
/// try await server.run { request, writer in
///     try await writer.send(Response(status: .ok, headers: [.contentType: "text/plain"], body: .bytes(Array("hello\n".utf8))))
/// }
/// ```
/// Handlers run on the event loop of their connection, as tasks that prefer it: a handler that answers from memory
/// costs no switch of threads. What blocks, or computes for more than about a millisecond, keeps the other connections
/// of the loop waiting and belongs into a task, actor or queue of its own. When the client's connection breaks the
/// task is cancelled.
public final class Server: Sendable {
    private enum State {
        case idle
        case running(RunningServer)
        case stopped
    }

    /// What the server was created with.
    public let configuration: ServerConfiguration
    private let state = Mutex(State.idle)

    /// Creates a server that does not listen yet.
    public init(_ configuration: ServerConfiguration = ServerConfiguration()) {
        self.configuration = configuration
    }

    /// Starts to listen and to serve, and returns at once.
    ///
    /// A server starts once; SIGPIPE is ignored from then on.
    ///
    /// - Parameter handler: Sends the response to a request through its writer. A ``Problem`` thrown before that is the
    ///   response; any other error is logged and is a 500 without details.
    /// - Returns: The addresses listened on, with the ports they got.
    @discardableResult
    public func start(
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) throws(ServerStartError) -> [SocketAddress] {
        signal(SIGPIPE, SIG_IGN)
        return try state.withLock { state throws(ServerStartError) in
            guard case .idle = state else {
                throw ServerStartError(
                    host: configuration.host, port: configuration.port, code: EALREADY,
                    description: "the server has been started before; a server starts once")
            }
            let running = try RunningServer(configuration, handler)
            state = .running(running)
            return running.addresses
        }
    }

    /// Starts to serve what a router knows.
    @discardableResult
    public func start(_ router: Router) throws(ServerStartError) -> [SocketAddress] {
        try start(handler(of: router))
    }

    /// Where clients reach the server while it runs: `http://127.0.0.1:8080`, `https://[::1]:8443`, `unix:/run/x.sock`.
    public var urls: [String] {
        guard case .running(let running) = state.withLock({ $0 }) else { return [] }
        return running.urls
    }

    /// Stops: no new connections, idle ones closed, requests in flight finished.
    ///
    /// Slow clients are given ``ServerLimits/hurriedTimeout``.
    ///
    /// - Parameter deadline: How long the others may take before they are broken off and their tasks cancelled; by
    ///   default ``ServerLimits/shutdownTimeout``.
    public func stop(deadline: Duration? = nil) async {
        let running: RunningServer? = state.withLock { state in
            defer { if case .idle = state { state = .stopped } }
            if case .running(let running) = state { return running }
            return nil
        }
        guard let running else { return }
        await running.stop(deadline: deadline ?? running.limits.shutdownTimeout)
        state.withLock { $0 = .stopped }
    }

    /// Breaks off the requests that a ``stop(deadline:)`` is waiting for.
    public func abort() async {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        await running.abort()
    }

    /// Reads the files of all TLS endpoints anew, for connections that come from now on.
    ///
    /// Open connections keep what they have. Does nothing when the server does not run.
    ///
    /// - Throws: ``TLSConfigurationError``; the certificates before stay in use then.
    public func reloadTLS() throws(TLSConfigurationError) {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        try running.reloadTLS()
    }

    /// Allows other things to connections that come from now on, and another number of them.
    ///
    /// Open connections keep what they have. ``ServerLimits/backlog`` stays as it was when the server started. Does
    /// nothing when the server does not run.
    public func reload(_ limits: ServerLimits) {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        running.use(limits)
    }

    func handler(of router: Router) -> @Sendable (Request, ResponseWriter) async throws -> Void {
        { request, writer in try await writer.send(await router.respond(to: request)) }
    }
}
