import COpenSSL
import Glibc

/// A configuration of TLS with its files read: what the connections of a while have in common.
///
/// Unchecked, and soundly so: after `init` nothing of it changes but what OpenSSL itself guards (`SSL_CTX` counts its
/// references and locks its session cache and ticket keys, so that `SSL_new` may be called from any thread).
final class TLSContext: @unchecked Sendable {
    /// How many sessions of clients without tickets are remembered.
    private static let cachedSessions = 4_096

    /// One for each certificate, the default one first; alike in all else.
    private let contexts: [OpaquePointer]

    /// Whether clients are asked for certificates.
    let asksClients: Bool

    /// Reads the files and checks that they fit.
    init(_ configuration: TLSConfiguration) throws(TLSConfigurationError) {
        var contexts: [OpaquePointer] = []
        do throws(TLSConfigurationError) {
            guard !configuration.certificates.isEmpty else {
                throw TLSConfigurationError("TLS needs a certificate")
            }
            for certificate in configuration.certificates {
                guard let context = SSL_CTX_new(TLS_server_method()) else {
                    throw TLSConfigurationError(OpenSSLError.takeReason())
                }
                contexts.append(context)
                try Self.apply(configuration, to: context)
                try Self.load(certificate, into: context)
            }
        } catch {
            for context in contexts { SSL_CTX_free(context) }
            throw error
        }
        self.contexts = contexts
        asksClients = configuration.clientCertificates != .ignored
        SSL_CTX_set_alpn_select_cb(contexts[0], ApplicationProtocol.select, nil)
        if contexts.count > 1 {
            for context in contexts.dropFirst() {
                SSL_CTX_set_alpn_select_cb(context, ApplicationProtocol.select, nil)
            }
            SSL_CTX_set_client_hello_cb(
                contexts[0], Self.chooseCertificate, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    deinit {
        for context in contexts { SSL_CTX_free(context) }
    }

    /// A session for a connection on a socket, at the server's end; nil when memory is out.
    ///
    /// The caller keeps this context alive as long as the session, and frees that.
    func makeSession(descriptor: Int32) -> OpaquePointer? {
        guard let session = SSL_new(contexts[0]) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        SSL_set_accept_state(session)
        return session
    }

    /// Checks that the certificates are good today.
    ///
    /// - Parameter certificates: those that the contexts were made of, to name the file.
    func checkTimes(_ certificates: [TLSConfiguration.Certificate]) throws(TLSConfigurationError) {
        for (context, file) in zip(contexts, certificates) {
            guard let certificate = SSL_CTX_get0_certificate(context) else { continue }
            // Negative where the time is past; 0 where it cannot be read.
            if X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0 {
                throw TLSConfigurationError("the certificate has expired", file: file.chainFile)
            }
            if X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0 {
                throw TLSConfigurationError(
                    "the certificate is not good yet; compare the machine's clock", file: file.chainFile)
            }
        }
    }

    // MARK: Setting up

    private static func apply(
        _ configuration: TLSConfiguration, to context: OpaquePointer
    ) throws(TLSConfigurationError) {
        ERR_clear_error()
        copenssl_set_server_behaviour(context, cachedSessions)
        let version = configuration.minimumVersion == .v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION
        guard copenssl_set_minimum_version(context, version) == 1 else {
            throw TLSConfigurationError(OpenSSLError.takeReason())
        }
        guard SSL_CTX_set_cipher_list(context, configuration.ciphers) == 1 else {
            throw TLSConfigurationError("\"\(configuration.ciphers)\" names no cipher suite")
        }
        guard copenssl_set_groups(context, configuration.groups) == 1 else {
            throw TLSConfigurationError("\"\(configuration.groups)\" is no list of groups")
        }
        // Without one, sessions of clients with certificates cannot be resumed: the handshake would fail.
        let name = Array("HTTPServer".utf8)
        SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        switch configuration.clientCertificates {
        case .ignored: break
        case .optional(let file): try demandCertificates(of: file, mode: SSL_VERIFY_PEER, in: context)
        case .required(let file):
            try demandCertificates(of: file, mode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, in: context)
        }
    }

    private static func demandCertificates(
        of file: String, mode: Int32, in context: OpaquePointer
    ) throws(TLSConfigurationError) {
        try TLSConfigurationError.checkReadable(file)
        guard SSL_CTX_load_verify_file(context, file) == 1, let names = SSL_load_client_CA_file(file) else {
            throw TLSConfigurationError("no certificate authority: \(OpenSSLError.takeReason())", file: file)
        }
        SSL_CTX_set_client_CA_list(context, names)
        SSL_CTX_set_verify(context, mode, nil)
    }

    private static func load(
        _ certificate: TLSConfiguration.Certificate, into context: OpaquePointer
    ) throws(TLSConfigurationError) {
        try TLSConfigurationError.checkReadable(certificate.chainFile)
        guard SSL_CTX_use_certificate_chain_file(context, certificate.chainFile) == 1 else {
            throw TLSConfigurationError(
                "no usable chain of certificates: \(OpenSSLError.takeReason())", file: certificate.chainFile)
        }
        try TLSConfigurationError.checkReadable(certificate.keyFile)
        // A daemon asks nobody for a passphrase.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM) == 1 else {
            let reason = OpenSSLError.takeReason()
            let mismatch = reason.contains("mismatch")
            throw TLSConfigurationError(
                mismatch
                    ? "the key does not belong to the certificate in \(certificate.chainFile)"
                    : "no usable private key (PEM, without a passphrase): \(reason)", file: certificate.keyFile)
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            ERR_clear_error()
            throw TLSConfigurationError(
                "the key does not belong to the certificate in \(certificate.chainFile)", file: certificate.keyFile)
        }
    }

    // MARK: Server names

    /// Gives the session the certificate for the host that the client names (RFC 6066, section 3).
    private static let chooseCertificate: SSL_client_hello_cb_fn = { session, _, argument in
        guard let session, let argument else { return SSL_CLIENT_HELLO_SUCCESS }
        // The transport of the session keeps the context alive.
        let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
        var start: UnsafePointer<UInt8>?
        var count = 0
        guard SSL_client_hello_get0_ext(session, UInt32(TLSEXT_TYPE_server_name), &start, &count) == 1,
            let name = ServerName.host(in: UnsafeBufferPointer(start: start, count: count)),
            let chosen = context.contexts.first(where: { TLSContext.certificate(of: $0, isFor: name) })
        else { return SSL_CLIENT_HELLO_SUCCESS }
        SSL_set_SSL_CTX(session, chosen)
        return SSL_CLIENT_HELLO_SUCCESS
    }

    private static func certificate(of context: OpaquePointer, isFor name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let certificate = SSL_CTX_get0_certificate(context) else { return false }
        return name.withMemoryRebound(to: CChar.self) {
            X509_check_host(certificate, $0.baseAddress, $0.count, 0, nil) == 1
        }
    }
}
