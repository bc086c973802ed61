import COpenSSL
import Dispatch
import Glibc

@testable import HTTPServer

/// A client that speaks TLS, on a queue of its own where it may block.
final class TLSTestClient: Sendable {
    /// What a client insists on.
    struct Options: Sendable {
        var serverName = "localhost"
        var protocols = ["http/1.1"]
        var version: Int32?
        var certificate: TestAuthority.Issued?
        var receiveBuffer: Int32?
        /// The session of an earlier connection, to be resumed.
        var resumed: TLSTestClient?
    }

    /// OpenSSL's objects and the socket.
    ///
    /// Unchecked, and soundly so: all is used on one serial queue only, or when nobody else has it any more.
    private final class Session: @unchecked Sendable {
        let ssl: OpaquePointer
        let descriptor: Int32

        init(ssl: OpaquePointer, descriptor: Int32) {
            self.ssl = ssl
            self.descriptor = descriptor
        }

        deinit {
            SSL_free(ssl)
            close(descriptor)
        }
    }

    private let session: Session
    private let queue = DispatchQueue(label: "client.tls")
    private let input: ClientInput

    /// Connects and shakes hands; an error when the server does not.
    static func connect(
        _ address: SocketAddress, trusting authority: TestAuthority, _ options: Options = Options()
    ) async throws -> TLSTestClient {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try TLSTestClient(address, authority, options) })
            }
        }
    }

    private init(_ address: SocketAddress, _ authority: TestAuthority, _ options: Options) throws {
        let descriptor = try Self.openSocket(address, options)
        let context = SSL_CTX_new(TLS_client_method())
        defer { SSL_CTX_free(context) }
        SSL_CTX_load_verify_file(context, authority.root.chainFile)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let certificate = options.certificate {
            SSL_CTX_use_certificate_chain_file(context, certificate.chainFile)
            SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM)
        }
        guard let ssl = SSL_new(context) else { throw TestClient.Failed(description: "SSL_new") }
        session = Session(ssl: ssl, descriptor: descriptor)
        input = ClientInput { [session] in try Self.receive(session.ssl) }
        if let version = options.version {
            copenssl_set_versions(ssl, version)
        }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + octets($0) }
        if !protocols.isEmpty { SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count)) }
        copenssl_set_server_name(ssl, options.serverName)
        if let resumed = options.resumed {
            let earlier = SSL_get1_session(resumed.session.ssl)
            SSL_set_session(ssl, earlier)
            SSL_SESSION_free(earlier)
        }
        SSL_set_fd(ssl, descriptor)
        ERR_clear_error()
        guard SSL_connect(ssl) == 1 else { throw Self.failure("handshake") }
    }

    private static func openSocket(_ address: SocketAddress, _ options: Options) throws -> Int32 {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: Int(TestClient.patience / 1000), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        if var size = options.receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        guard address.withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            throw TestClient.Failed(description: "cannot connect: \(errno)")
        }
        return descriptor
    }

    private static func failure(_ step: String) -> TestClient.Failed {
        TestClient.Failed(description: "\(step): \(OpenSSLError.takeReason())")
    }

    /// What comes next; empty at a proper end, which a mere close of the connection is not.
    private static func receive(_ ssl: OpaquePointer) throws -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        var count = 0
        ERR_clear_error()
        let status = SSL_read_ex(ssl, &room, room.count, &count)
        if status == 1 { return Array(room[..<count]) }
        guard SSL_get_error(ssl, status) == SSL_ERROR_ZERO_RETURN else { throw failure("read") }
        return []
    }

    private func perform<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    // MARK: What a client does

    func send(_ text: String) async throws { try await send(octets(text)) }

    func send(_ bytes: [UInt8]) async throws {
        try await perform { [session] in
            var rest = bytes[...]
            while !rest.isEmpty {
                var count = 0
                ERR_clear_error()
                let status = rest.withUnsafeBytes { SSL_write_ex(session.ssl, $0.baseAddress, $0.count, &count) }
                guard status == 1 else { throw Self.failure("write") }
                rest = rest.dropFirst(count)
            }
        }
    }

    func response(to method: String = "GET") async throws -> TestResponse {
        try await perform { [input] in try input.response(to: method) }
    }

    /// What comes until the server ends the session properly.
    func rest() async throws -> [UInt8] {
        try await perform { [input] in try input.rest() }
    }

    /// One request and its response.
    func get(_ path: String = "/") async throws -> TestResponse {
        try await send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try await response()
    }

    /// Has both sides change their keys.
    func updateKeys() async throws {
        try await perform { [session] in
            guard SSL_key_update(session.ssl, SSL_KEY_UPDATE_REQUESTED) == 1, SSL_do_handshake(session.ssl) == 1
            else { throw Self.failure("key update") }
        }
    }

    /// Closes the write half of the connection without a word of TLS.
    func shutdownWrite() { shutdown(session.descriptor, Int32(SHUT_WR)) }

    // MARK: What was agreed upon

    var selectedProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session.ssl, &start, &count)
        return start.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
    }

    var version: Int32 { SSL_version(session.ssl) }
    var isResumed: Bool { SSL_session_reused(session.ssl) == 1 }

    /// The name that the server's certificate is for.
    var serverCommonName: String? {
        guard let certificate = SSL_get1_peer_certificate(session.ssl) else { return nil }
        defer { X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 256)
        X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate), NID_commonName, &text, Int32(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
