import Glibc
import Logging

extension Server {
    /// Serves until SIGTERM or SIGINT comes, or the task is cancelled, then stops gracefully.
    ///
    /// A second signal breaks off what is still in flight. With TLS, SIGHUP reads the certificates anew.
    ///
    /// - Parameters:
    ///   - onListening: Called with the addresses once the server listens.
    ///   - onStopping: Called when the server begins to stop: the time to report as not ready.
    ///   - handler: As in `start`.
    /// - Throws: ``ServerStartError``.
    public func run(
        onListening: (@Sendable ([SocketAddress]) -> Void)? = nil, onStopping: (@Sendable () -> Void)? = nil,
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) async throws {
        let signals = SignalWatch([SIGTERM, SIGINT])
        defer { signals.cancel() }
        let addresses = try start(handler)
        let reloading = reloadOnHangUp()
        defer { reloading?.cancel() }
        onListening?(addresses)
        await signals.next()
        onStopping?()
        await withTaskGroup { group in
            group.addTask { await self.stop() }
            group.addTask {
                if await signals.next() { await self.abort() }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Reads certificates anew at each SIGHUP, if there are any.
    private func reloadOnHangUp() -> Task<Void, Never>? {
        guard configuration.allEndpoints.contains(where: { $0.tls != nil }) else { return nil }
        let signals = SignalWatch([SIGHUP])
        return Task {
            defer { signals.cancel() }
            while await signals.next() {
                do throws(TLSConfigurationError) {
                    try reloadTLS()
                    configuration.logger.notice("certificates have been reloaded")
                } catch {
                    configuration.logger.error("certificates are kept as they were: \(error)")
                }
            }
        }
    }

    /// Serves what a router knows until SIGTERM or SIGINT comes.
    public func run(
        onListening: (@Sendable ([SocketAddress]) -> Void)? = nil, onStopping: (@Sendable () -> Void)? = nil,
        _ router: Router
    ) async throws {
        try await run(onListening: onListening, onStopping: onStopping, handler(of: router))
    }
}
