/// Sends the response to one request.
public final class ResponseWriter: Sendable {
    private let exchange: any ResponseSink

    init(_ exchange: any ResponseSink) {
        self.exchange = exchange
    }

    /// Sends a response, once.
    ///
    /// Returns when its content has been handed to the connection: at once for bytes in memory, at the end of the
    /// closure for a stream. The connection goes on with the next request when the handler has returned.
    ///
    /// - Throws: ``ResponseAlreadySent`` at the second call, ``ConnectionClosed`` when the client is gone, and what a
    ///   stream's closure throws.
    public func send(_ response: Response) async throws {
        try await exchange.send(response)
    }

    /// Whether a response has begun, so that no other can be sent.
    public var hasStarted: Bool { exchange.hasStarted }
}

/// A second response was sent to one request.
public struct ResponseAlreadySent: Error, CustomStringConvertible {
    /// What happened, for a log.
    public var description: String { "the request already has a response" }
}

/// Something that takes the response to one request.
protocol ResponseSink: AnyObject, Sendable {
    var hasStarted: Bool { get }

    func send(_ response: Response) async throws
}
