import Logging
import Synchronization

/// What the connections of a server share.
final class ConnectionContext: Sendable {
    private let currentLimits: Mutex<ServerLimits>
    let logger: Logger
    let onRequestEnd: (@Sendable (RequestSummary) -> Void)?
    let onConnectionEvent: (@Sendable (ConnectionEvent) -> Void)?
    let acceptsRequestID: @Sendable (String) -> Bool
    let handler: @Sendable (Request, ResponseWriter) async throws -> Void
    let census: ConnectionCensus

    init(
        configuration: ServerConfiguration, census: ConnectionCensus,
        handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) {
        currentLimits = Mutex(configuration.limits)
        logger = configuration.logger
        onRequestEnd = configuration.onRequestEnd
        onConnectionEvent = configuration.onConnectionEvent
        acceptsRequestID = configuration.acceptsRequestID
        self.handler = handler
        self.census = census
    }

    /// What connections are allowed that come from now on.
    var limits: ServerLimits { currentLimits.withLock { $0 } }

    /// Allows other things to connections that come from now on, and another number of them.
    func use(_ limits: ServerLimits) {
        currentLimits.withLock { $0 = limits }
        census.use(limits)
    }
}
