import Glibc
import Logging

extension Server {
    /// Serves until SIGTERM or SIGINT comes, or the task is cancelled, then stops gracefully.
    ///
    /// A second signal breaks off what is still in flight. SIGHUP reads the certificates anew, if there are any, and
    /// never ends the process.
    ///
    /// - Parameters:
    ///   - onListening: Called with the addresses once the server listens.
    ///   - onReloading: Called at SIGHUP, before anything is read.
    ///   - onReload: Called at SIGHUP, when the certificates have been read.
    ///   - onStopping: Called when the server is told to stop: the time to report as not ready. The server goes on as
    ///     before until it returns, unless another signal comes.
    ///   - handler: As in `start`.
    /// - Throws: ``ServerStartError``.
    public func run(
        onListening: (@Sendable ([SocketAddress]) -> Void)? = nil, onReloading: (@Sendable () -> Void)? = nil,
        onReload: (@Sendable () async -> Void)? = nil,
        onStopping: (@Sendable () async -> Void)? = nil,
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) async throws {
        let signals = SignalWatch([SIGTERM, SIGINT])
        defer { signals.cancel() }
        let addresses = try start(handler)
        let reloading = reloadOnHangUp(onReloading, onReload)
        defer { reloading.cancel() }
        onListening?(addresses)
        await signals.next()
        let stopping = Task { await onStopping?() }
        await withTaskGroup { group in
            group.addTask {
                await stopping.value
                await self.stop()
            }
            group.addTask {
                guard await signals.next() else { return }
                stopping.cancel()
                await self.abort()
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Reads certificates anew at each SIGHUP.
    private func reloadOnHangUp(
        _ onReloading: (@Sendable () -> Void)?, _ onReload: (@Sendable () async -> Void)?
    ) -> Task<Void, Never> {
        let signals = SignalWatch([SIGHUP])
        let hasCertificates = configuration.allEndpoints.contains { $0.tls != nil }
        return Task {
            defer { signals.cancel() }
            while await signals.next() {
                onReloading?()
                do throws(TLSConfigurationError) {
                    try reloadTLS()
                    if hasCertificates { configuration.logger.notice("certificates have been reloaded") }
                } catch {
                    configuration.logger.error("certificates are kept as they were: \(error)")
                }
                await onReload?()
            }
        }
    }

    /// Serves what a router knows until SIGTERM or SIGINT comes.
    public func run(
        onListening: (@Sendable ([SocketAddress]) -> Void)? = nil, onReloading: (@Sendable () -> Void)? = nil,
        onReload: (@Sendable () async -> Void)? = nil,
        onStopping: (@Sendable () async -> Void)? = nil,
        _ router: Router
    ) async throws {
        try await run(
            onListening: onListening, onReloading: onReloading, onReload: onReload, onStopping: onStopping,
            handler(of: router))
    }
}
