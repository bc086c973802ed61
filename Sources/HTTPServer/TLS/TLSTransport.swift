import COpenSSL
import Glibc

/// TLS over a TCP socket.
///
/// OpenSSL reads and writes the socket itself. Its queue of errors is of the thread: it is emptied before each call and
/// looked at right after it. After an error that ends the session nothing more is asked of it, not even to shut it.
final class TLSTransport: Transport {
    private enum Phase {
        case handshaking
        case open
        /// The client speaks no TLS and is told so, as it can read it.
        case plain
        /// Nothing may be written any more: it would go out as it is.
        case ended
    }

    private let tcp: TCPTransport
    private let context: TLSContext
    private var session: OpaquePointer?
    private var phase = Phase.handshaking
    private(set) var clientCertificate: ClientCertificate?
    /// What ended the session while octets before it were still to be handed out.
    private var ending: TransportRead?

    var descriptor: Int32 { tcp.descriptor }
    var isSecure: Bool { true }

    /// Takes over a non-blocking socket.
    init(descriptor: Int32, context: TLSContext) {
        tcp = TCPTransport(descriptor: descriptor)
        self.context = context
    }

    deinit { endSession() }

    private func endSession() {
        if let session { SSL_free(session) }
        session = nil
        phase = .ended
    }

    // MARK: Handshake

    func handshake() -> TransportHandshake {
        guard phase == .handshaking else { return phase == .open ? .complete : .failed(.gone) }
        // Made when the client has said something: a connection that says nothing costs little.
        if session == nil { session = context.makeSession(descriptor: descriptor) }
        guard let session else { return .failed(.gone) }
        ERR_clear_error()
        let status = SSL_do_handshake(session)
        if status == 1 {
            phase = .open
            if context.asksClients { clientCertificate = ClientCertificate(of: session) }
            return .complete
        }
        switch SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ: return .blocked(on: .readable)
        case SSL_ERROR_WANT_WRITE: return .blocked(on: .writable)
        case SSL_ERROR_SSL:
            let code = ERR_peek_error()
            let isPlain = ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST
            let reason = OpenSSLError.takeReason()
            endSession()
            guard isPlain else { return .failed(.refused(reason)) }
            phase = .plain
            return .failed(.plainHTTP)
        default:
            endSession()
            return .failed(.gone)
        }
    }

    // MARK: Octets

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransportRead {
        if let ending { return ending }
        // Without a session the octets are only discarded.
        guard let session, phase == .open else { return tcp.read(into: buffer) }
        // A record at a time until there are none: octets within the session make no event of the socket's.
        var filled = 0
        while filled < buffer.count {
            var count = 0
            ERR_clear_error()
            let status = SSL_read_ex(session, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, &count)
            if status == 1 {
                filled += count
                continue
            }
            switch SSL_get_error(session, status) {
            case SSL_ERROR_WANT_READ:
                return filled > 0 ? .bytes(filled, isDrained: true) : .blocked(on: .readable)
            case SSL_ERROR_WANT_WRITE:
                return filled > 0 ? .bytes(filled, isDrained: false) : .blocked(on: .writable)
            case SSL_ERROR_ZERO_RETURN: ending = .end
            default:
                ending = .failed
                endSession()
            }
            return filled > 0 ? .bytes(filled, isDrained: false) : ending ?? .failed
        }
        return .bytes(filled, isDrained: false)
    }

    func write(_ bytes: UnsafeRawBufferPointer, isMoreComing: Bool) -> TransportWrite {
        if phase == .plain { return tcp.write(bytes, isMoreComing: isMoreComing) }
        guard let session, phase == .open else { return .failed }
        var count = 0
        ERR_clear_error()
        let status = SSL_write_ex(session, bytes.baseAddress, bytes.count, &count)
        if status == 1 { return .bytes(count) }
        switch SSL_get_error(session, status) {
        case SSL_ERROR_WANT_WRITE: return .blocked(on: .writable)
        case SSL_ERROR_WANT_READ: return .blocked(on: .readable)
        default:
            endSession()
            return .failed
        }
    }

    // MARK: Ending

    func shutdownWrite() {
        sendCloseNotify()
        // What still comes is discarded; it need not be deciphered for that.
        endSession()
        tcp.shutdownWrite()
    }

    func close(reset: Bool) {
        if !reset { sendCloseNotify() }
        endSession()
        tcp.close(reset: reset)
    }

    /// Tells the client that the answers end here by intent and not by somebody in between.
    private func sendCloseNotify() {
        guard let session, phase == .open else { return }
        ERR_clear_error()
        _ = SSL_shutdown(session)
        ERR_clear_error()
    }
}
