import Logging

/// A server while it runs: its loops, its listeners and its connections.
final class RunningServer: Sendable {
    private let loops: [EventLoop]
    private let listeners: [Listener]
    private let context: ConnectionContext
    private let tlsSources: [TLSSource]

    /// The addresses that it listens on.
    var addresses: [SocketAddress] { listeners.map(\.socket.address) }

    /// Where clients reach it.
    var urls: [String] { listeners.map(\.url) }

    /// The number of connections.
    var connectionCount: Int { context.census.count }

    /// Starts to listen and to accept.
    init(
        _ configuration: ServerConfiguration,
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) throws(ServerStartError) {
        let endpoints = configuration.allEndpoints
        let sources = try Self.readCertificates(of: endpoints)
        var configuration = configuration
        configuration.limits = configuration.limits.granted(logger: configuration.logger)
        let census = ConnectionCensus(limits: configuration.limits)
        let context = ConnectionContext(configuration: configuration, census: census, handler: handler)
        let sockets = try Self.listen(at: endpoints, sources, limits: configuration.limits)
        var loops: [EventLoop] = []
        do throws(SystemError) {
            for index in 0..<max(1, configuration.eventLoops) {
                loops.append(try EventLoop(label: "HTTPServer.loop-\(index)"))
            }
        } catch {
            for loop in loops { loop.shutDown() }
            for (socket, _) in sockets { socket.close() }
            let (host, port) = endpoints[0].hostAndPort
            throw ServerStartError(host: host, port: port, code: error.code)
        }
        let accepting = loops[0]
        let all = loops
        listeners = sockets.map { Listener($0, tls: $1, loops: all, on: accepting, context: context) }
        tlsSources = sources.compactMap { $0 }
        self.loops = loops
        self.context = context
        for listener in listeners {
            accepting.execute {
                do throws(SystemError) { try listener.open() } catch {
                    context.logger.critical("cannot accept on \(listener.socket.address): \(error)")
                }
            }
        }
    }

    /// The certificates of the endpoints, for each that speaks TLS.
    private static func readCertificates(of endpoints: [ServerEndpoint]) throws(ServerStartError) -> [TLSSource?] {
        var sources: [TLSSource?] = []
        for endpoint in endpoints {
            do throws(TLSConfigurationError) {
                if let tls = endpoint.tls { sources.append(try TLSSource(tls)) } else { sources.append(nil) }
            } catch {
                throw ServerStartError(endpoint, error)
            }
        }
        return sources
    }

    private static func listen(
        at endpoints: [ServerEndpoint], _ sources: [TLSSource?], limits: ServerLimits
    ) throws(ServerStartError) -> [(ListeningSocket, TLSSource?)] {
        var sockets: [(ListeningSocket, TLSSource?)] = []
        do throws(ServerStartError) {
            for (endpoint, source) in zip(endpoints, sources) {
                for socket in try ListeningSocket.listen(at: endpoint, limits: limits) {
                    sockets.append((socket, source))
                }
            }
        } catch {
            for (socket, _) in sockets { socket.close() }
            throw error
        }
        return sockets
    }

    /// What connections are allowed that come from now on.
    var limits: ServerLimits { context.limits }

    /// Allows other things to connections that come from now on.
    func use(_ limits: ServerLimits) { context.use(limits.granted(logger: context.logger)) }

    /// Reads certificates and keys anew; all are put to use, or none.
    func reloadTLS() throws(TLSConfigurationError) {
        var contexts: [TLSContext] = []
        for source in tlsSources { contexts.append(try source.read()) }
        for (source, context) in zip(tlsSources, contexts) { source.use(context) }
    }

    /// Stops to accept, closes idle connections and waits until the others have finished, or are broken off at the
    /// deadline.
    func stop(deadline: Duration) async {
        loops[0].execute { [listeners] in
            for listener in listeners { listener.close() }
        }
        await onEachLoop { $0.stop() }
        await withTaskGroup { group in
            group.addTask { await self.context.census.untilEmpty() }
            group.addTask {
                // Also cancelled when the connections are gone first; breaking off nobody is no harm.
                try? await Task.sleep(for: deadline)
                await self.abort()
            }
            await group.next()
            group.cancelAll()
        }
        for loop in loops { loop.shutDown() }
    }

    /// Breaks all connections off.
    func abort() async {
        await onEachLoop { $0.abort() }
    }

    /// Does something with every connection, each on its loop.
    private func onEachLoop(_ action: @escaping @Sendable (isolated Connection) -> Void) async {
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.execute {
                    for watcher in loop.state.with({ $0.watchers.all }) {
                        (watcher as? Connection)?.assumeIsolated { action($0) }
                    }
                    continuation.resume()
                }
            }
        }
    }
}
