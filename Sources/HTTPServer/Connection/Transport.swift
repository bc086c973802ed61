/// Carries octets between a connection and its client: plain TCP, or something over it such as TLS.
///
/// Never blocks. What cannot go on says which readiness of the descriptor it waits for; the connection then calls the
/// same operation again, with a write's octets possibly moved.
protocol Transport: AnyObject {
    /// The descriptor to watch.
    var descriptor: Int32 { get }

    /// Whether the client's octets are safe from others; there is a handshake then.
    var isSecure: Bool { get }

    /// Who the client has shown to be, once the handshake is complete; nil where it was not asked, or kept silent.
    var clientCertificate: ClientCertificate? { get }

    /// Goes on with the handshake, which comes before anything else.
    func handshake() -> TransportHandshake

    /// Takes octets that have come.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransportRead

    /// Sends octets.
    ///
    /// - Parameter isMoreComing: Whether further octets follow at once, so that a packet is better not sent yet.
    func write(_ bytes: UnsafeRawBufferPointer, isMoreComing: Bool) -> TransportWrite

    /// Tells the client that nothing more will be sent.
    func shutdownWrite()

    /// Closes the descriptor.
    ///
    /// - Parameter reset: Whether the client is to see that the connection was broken off.
    func close(reset: Bool)
}

extension Transport {
    var clientCertificate: ClientCertificate? { nil }
}

enum TransportHandshake: Equatable {
    case complete
    case blocked(on: Readiness)
    case failed(HandshakeFailure)
}

enum HandshakeFailure: Equatable, CustomStringConvertible {
    /// The client speaks HTTP without TLS; it can be answered so.
    case plainHTTP
    /// The client has been told that, and why, there will be no session.
    case refused(String)
    /// The client has left.
    case gone

    var description: String {
        switch self {
        case .plainHTTP: "the client speaks HTTP without TLS"
        case .refused(let reason): reason
        case .gone: "the client has left"
        }
    }
}

enum TransportRead: Equatable {
    /// So many octets, one at least; `isDrained` when there are no more for now.
    case bytes(Int, isDrained: Bool)
    case blocked(on: Readiness)
    case end
    case failed
}

enum TransportWrite: Equatable {
    case bytes(Int)
    case blocked(on: Readiness)
    case failed
}
