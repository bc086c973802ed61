/// What happens to connections, for metrics and logs.
public enum ConnectionEvent: Sendable, Equatable {
    /// A connection was accepted; of one with TLS the handshake is still to come.
    case opened(SocketAddress)

    /// There is no TLS session with a client; its connection is closed.
    case handshakeFailed(SocketAddress, reason: String)

    /// A connection has ended, after so many requests and so much time.
    case closed(SocketAddress, requests: Int, duration: Duration)

    /// A client was turned away because its address has as many connections as it may.
    case refused(SocketAddress)

    /// There are as many connections as there may be: the first request of this one is answered with 503.
    case surplus(SocketAddress)

    /// The system could not give a connection, such as for want of descriptors (`EMFILE`); it is tried again.
    case acceptFailed(code: Int32)
}
