import Logging

/// What the connections of a server share.
final class ConnectionContext: Sendable {
    let limits: ServerLimits
    let logger: Logger
    let onRequestEnd: (@Sendable (RequestSummary) -> Void)?
    let onConnectionEvent: (@Sendable (ConnectionEvent) -> Void)?
    let handler: @Sendable (Request, ResponseWriter) async throws -> Void
    let census: ConnectionCensus

    init(
        configuration: ServerConfiguration, census: ConnectionCensus,
        handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) {
        limits = configuration.limits
        logger = configuration.logger
        onRequestEnd = configuration.onRequestEnd
        onConnectionEvent = configuration.onConnectionEvent
        self.handler = handler
        self.census = census
    }
}
