public import HTTPTypes
import Synchronization

/// Takes the content of a streamed response, piece by piece.
public struct BodyWriter: Sendable {
    private let sink: @Sendable ([UInt8]) async throws -> Void
    private let trailers: (@Sendable (HTTPFields) -> Void)?

    /// Creates a writer that hands every piece to a closure, in order.
    ///
    /// The server makes its own; this is for tests and for writing to something other than a connection.
    public init(_ sink: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.init(trailers: nil, sink)
    }

    init(trailers: (@Sendable (HTTPFields) -> Void)?, _ sink: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.trailers = trailers
        self.sink = sink
    }

    /// Says which fields follow the content; the last call counts.
    ///
    /// They are sent at the end of a chunked response, one without an announced length to an HTTP/1.1 client, and
    /// dropped elsewhere, as are fields that must not be trailers (RFC 9110, section 6.5.1). Intermediaries may drop
    /// them too.
    public func setTrailers(_ fields: HTTPFields) {
        trailers?(fields)
    }

    /// Writes a piece of the content.
    ///
    /// Returns at once while the client keeps up, and suspends while more than 64 KiB wait to be sent. An empty piece
    /// does nothing.
    ///
    /// - Throws: ``ConnectionClosed`` when the client is gone, `CancellationError` when the task is cancelled, and
    ///   ``ContentLengthMismatch`` when more is written than the announced length.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await sink(bytes)
    }
}

/// The client closed the connection, or the server gave it up.
public struct ConnectionClosed: Error, CustomStringConvertible {
    /// What happened, for a log.
    public var description: String { "the connection is closed" }
}

/// A streamed response wrote more or fewer bytes than its announced length.
public struct ContentLengthMismatch: Error, CustomStringConvertible {
    /// What happened, for a log.
    public var description: String { "a streamed response was not as long as it was announced" }
}

/// Bytes gathered from a stream.
final class CollectedBytes: Sendable {
    private let storage = Mutex<[UInt8]>([])

    var bytes: [UInt8] { storage.withLock { $0 } }

    func append(_ piece: [UInt8]) {
        storage.withLock { $0.append(contentsOf: piece) }
    }
}
