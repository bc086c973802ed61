import COpenSSL

/// The certificate that a client has shown in its TLS handshake, which an authority of the server's vouches for.
///
/// All names are as the authority has signed them. Whether it has expired was asked in the handshake, not since.
public final class ClientCertificate: Sendable, Equatable {
    /// The subject as RFC 2253 writes it, `CN=etl,O=Example`: what `openssl x509 -subject -nameopt RFC2253` prints.
    public let subject: String

    /// The URIs among the subject's other names (RFC 5280, section 4.2.1.6), such as `spiffe://example.org/etl`.
    public let uris: [String]

    /// The host names among the subject's other names, in lower case.
    public let hosts: [String]

    /// Creates a certificate, for tests and for callers without a connection.
    public init(subject: String, uris: [String] = [], hosts: [String] = []) {
        self.subject = subject
        self.uris = uris
        self.hosts = hosts
    }

    /// The certificate of a session's client; nil where none was shown, or none that was found good.
    convenience init?(of session: OpaquePointer) {
        guard let certificate = SSL_get0_peer_certificate(session), SSL_get_verify_result(session) == X509_V_OK
        else { return nil }
        let names = Names()
        copenssl_visit_names(certificate, Unmanaged.passUnretained(names).toOpaque()) { names, kind, bytes, count in
            guard let names, let bytes, count >= 0 else { return }
            let octets = UnsafeBufferPointer(start: bytes, count: Int(count))
            Unmanaged<Names>.fromOpaque(names).takeUnretainedValue().add(kind, octets)
        }
        self.init(subject: names.subject, uris: names.uris, hosts: names.hosts)
    }

    /// Whether two say the same of their subjects.
    public static func == (left: ClientCertificate, right: ClientCertificate) -> Bool {
        left.subject == right.subject && left.uris == right.uris && left.hosts == right.hosts
    }

    /// Names as they are found one after the other.
    private final class Names {
        var subject = ""
        var uris: [String] = []
        var hosts: [String] = []

        func add(_ kind: Int32, _ octets: UnsafeBufferPointer<UInt8>) {
            let text = String(decoding: octets, as: UTF8.self)
            if kind == COPENSSL_NAME_SUBJECT {
                subject = text
            } else if octets.allSatisfy({ (0x21...0x7E).contains($0) }) {
                // A name with a NUL in it, or blanks, is nobody's; RFC 5280 has ASCII alone.
                if kind == GEN_URI { uris.append(text) } else { hosts.append(text.lowercased()) }
            }
        }
    }
}
