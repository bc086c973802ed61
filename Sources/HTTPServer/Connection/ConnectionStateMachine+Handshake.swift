/// What comes before requests when the transport is secure.
extension ConnectionStateMachine {
    /// The client and the server have agreed; the time for the first request begins.
    mutating func handshakeEnded(at now: Moment) {
        guard case .handshaking = state else { return }
        state = .awaiting(until: now + times.head)
    }

    /// There will be no secure session.
    mutating func handshakeFailed(_ failure: HandshakeFailure, at now: Moment) -> Step {
        guard case .handshaking = state else { return .wait }
        switch failure {
        case .gone: return close()
        case .plainHTTP: return refuse(.notSecure)
        case .refused:
            // Closing with octets unread would reset the connection before the client has read the alert.
            state = .lingering(until: now + times.linger)
            return .shutdownWrite
        }
    }
}
