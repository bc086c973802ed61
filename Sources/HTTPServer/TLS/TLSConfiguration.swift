/// With which certificates and under which rules a server speaks TLS.
///
/// ```swift
/// let tls = TLSConfiguration(certificateFile: "chain.pem", keyFile: "key.pem")
/// let server = Server(ServerConfiguration(endpoints: [.tcp(port: 8443, tls: tls)]))
/// ```
/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (Mozilla's intermediate profile), the
/// server's order of ciphers, no compression, no renegotiation, sessions resumed by tickets, ALPN `http/1.1`. The files
/// are read when the server starts and by ``Server/reloadTLS()``.
public struct TLSConfiguration: Sendable, Equatable {
    /// A certificate with its private key.
    public struct Certificate: Sendable, Equatable {
        /// A PEM file with the certificate, then those that lead from it to a root.
        public var chainFile: String

        /// A PEM file with the private key, without a passphrase.
        public var keyFile: String

        /// Names the files of a certificate.
        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }

    /// Whether clients have to show certificates.
    public enum ClientCertificates: Sendable, Equatable {
        /// They are not asked for any.
        case ignored
        /// One that is shown must lead to a root in the PEM file; the handshake fails if it does not.
        case optional(authorityFile: String)
        /// The handshake fails without one that leads to a root in the PEM file.
        case required(authorityFile: String)
    }

    /// The versions of TLS that are spoken.
    public enum Version: Sendable, Equatable {
        /// TLS 1.2 (RFC 5246).
        case v1_2
        /// TLS 1.3 (RFC 8446).
        case v1_3
    }

    /// The certificates; a client that names a host gets the first one for that host, others the first of all.
    public var certificates: [Certificate]

    /// Whether clients have to show certificates (ignored).
    public var clientCertificates: ClientCertificates

    /// The lowest version that is spoken (TLS 1.2).
    public var minimumVersion: Version

    /// The cipher suites of TLS 1.2, in OpenSSL's notation; those of TLS 1.3 are all good.
    public var ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    /// The groups of the key exchange, in OpenSSL's notation, best first.
    public var groups = "X25519:P-256:P-384"

    /// Creates a configuration with several certificates.
    public init(
        certificates: [Certificate], clientCertificates: ClientCertificates = .ignored, minimumVersion: Version = .v1_2
    ) {
        self.certificates = certificates
        self.clientCertificates = clientCertificates
        self.minimumVersion = minimumVersion
    }

    /// Creates a configuration with one certificate.
    public init(
        certificateFile: String, keyFile: String, clientCertificates: ClientCertificates = .ignored,
        minimumVersion: Version = .v1_2
    ) {
        self.init(
            certificates: [Certificate(chainFile: certificateFile, keyFile: keyFile)],
            clientCertificates: clientCertificates, minimumVersion: minimumVersion)
    }
}

extension TLSConfiguration {
    /// Reads all files and tries the rules, without serving anything.
    ///
    /// - Throws: ``TLSConfigurationError`` with the file that is to blame, also for a certificate whose time is over or
    ///   has not come, with which a server would start.
    public func check() throws(TLSConfigurationError) { try TLSContext(self).checkTimes(certificates) }
}
