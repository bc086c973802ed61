import COpenSSL
import Glibc

/// Bytes to and from a webhook's receiver, by TCP or TLS, until a deadline.
struct WebhookStream {
    let socket: Int32
    let deadline: ContinuousClock.Instant
    private var session: OpaquePointer?

    init(socket: Int32, deadline: ContinuousClock.Instant) {
        (self.socket, self.deadline) = (socket, deadline)
    }

    /// Shakes hands, and insists on a certificate for `host`.
    mutating func secure(with tls: WebhookTLS, host: String) throws {
        guard let session = tls.session(socket, host: host) else {
            throw WebhookConnection.Failure(reason: "TLS cannot be set up")
        }
        self.session = session
        _ = try repeated { SSL_connect(session) }
    }

    /// Frees the session; the socket is the caller's.
    mutating func end() {
        if let session { SSL_free(session) }
        session = nil
    }

    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            done += try bytes.withUnsafeBytes { bytes in
                let (start, count) = (bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if let session { return try repeated { SSL_write(session, start, Int32(min(count, 1 << 14))) } }
                return try plain(POLLOUT) { send(socket, start, count, Int32(MSG_NOSIGNAL)) }
            }
        }
    }

    /// Reads what is there, up to `limit` bytes; nothing at the end.
    func read(_ limit: Int) throws -> [UInt8] {
        guard limit > 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let start = buffer.baseAddress
            if let session {
                count = try repeated { SSL_read(session, start, Int32(limit)) }
            } else {
                count = try plain(POLLIN) { recv(socket, start, limit, 0) }
            }
        }
    }

    private func plain(_ event: Int32, _ call: () -> Int) throws -> Int {
        while true {
            let count = call()
            if count >= 0 { return count }
            guard errno == EAGAIN || errno == EINTR else {
                throw WebhookConnection.Failure(reason: "the connection broke: \(WebhookConnection.errorText(errno))")
            }
            try Self.wait(socket, event, until: deadline)
        }
    }

    private func repeated(_ call: () -> Int32) throws -> Int {
        guard let session else { return 0 }
        while true {
            ERR_clear_error()
            let result = call()
            if result > 0 { return Int(result) }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: try Self.wait(socket, POLLIN, until: deadline)
            case SSL_ERROR_WANT_WRITE: try Self.wait(socket, POLLOUT, until: deadline)
            case SSL_ERROR_ZERO_RETURN: return 0
            default: throw WebhookConnection.Failure(reason: "TLS failed: \(reason(session))")
            }
        }
    }

    private func reason(_ session: OpaquePointer) -> String {
        let verdict = SSL_get_verify_result(session)
        if verdict != Int(X509_V_OK) { return String(cString: X509_verify_cert_error_string(verdict)) }
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        guard code != 0 else { return "the connection was closed" }
        ERR_error_string_n(code, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Waits until a socket is ready.
    static func wait(_ socket: Int32, _ event: Int32, until deadline: ContinuousClock.Instant) throws {
        while true {
            let rest = deadline - .now
            guard rest > .zero else { throw WebhookConnection.Failure(reason: "did not answer within 10 seconds") }
            var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
            let count = poll(&entry, 1, Int32(min(60_000, rest / .milliseconds(1) + 1)))
            if count > 0 { return }
            if count < 0, errno != EINTR {
                throw WebhookConnection.Failure(reason: "waiting failed: \(WebhookConnection.errorText(errno))")
            }
        }
    }
}

/// What all TLS connections of webhooks have in common: TLS 1.2 and up, and the system's certificate authorities.
///
/// Unchecked, and soundly so: nothing of it changes after `init` but what OpenSSL itself guards, so that `SSL_new` may be
/// called from any thread.
final class WebhookTLS: @unchecked Sendable {
    private let context: OpaquePointer?

    init() {
        context = SSL_CTX_new(TLS_client_method())
        guard let context else { return }
        _ = copenssl_set_minimum_version(context, TLS1_2_VERSION)
        SSL_CTX_set_default_verify_paths(context)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    deinit { SSL_CTX_free(context) }

    /// A session of a client that expects `host` at the other end; the caller frees it.
    func session(_ socket: Int32, host: String) -> OpaquePointer? {
        guard let context, let session = SSL_new(context) else { return nil }
        if AddressBlock.bytes(host) != nil {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host)
        } else {
            copenssl_set_server_name(session, host)
        }
        guard SSL_set_fd(session, socket) == 1 else {
            SSL_free(session)
            return nil
        }
        return session
    }
}
