import HTTPServer

/// Who a client certificate is for, as one text: `URI:spiffe://example.org/etl`, `DNS:etl.example.org`, or the subject
/// as RFC 2253 writes it, `CN=etl,O=Example`.
///
/// Any of a certificate's names may be entered: the authority has signed them all. The kinds cannot be taken for one
/// another, as every subject begins with the short name of an attribute and an equals sign.
enum CertificateIdentity {
    static let rule =
        "it is URI:… or DNS:… as in the certificate's subjectAltName, or its subject in the order of RFC 2253, such as "
        + "CN=etl,O=Example (openssl x509 -noout -subject -nameopt RFC2253 -in FILE)"

    /// All that a certificate may be entered as, the most particular first.
    static func all(of certificate: ClientCertificate) -> [String] {
        certificate.uris.map { "URI:\($0)" } + certificate.hosts.map { "DNS:\($0)" }
            + (certificate.subject.isEmpty ? [] : [certificate.subject])
    }

    /// The identity in a text that somebody wrote, as it is compared; nil where there is none.
    static func parse(_ text: String) -> String? {
        // As openssl prints it.
        var text = text.hasPrefix("subject=") ? text.dropFirst("subject=".count) : text[...]
        // Blanks around it are the shell's; one that belongs to the subject has a backslash in front.
        text = text.drop { $0 == " " }
        while text.last == " ", !text.dropLast().hasSuffix("\\") { text = text.dropLast() }
        guard (1...2_048).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        for kind in ["URI:", "DNS:"] where text.uppercased().hasPrefix(kind) {
            let name = String(text.dropFirst(kind.count))
            guard !name.isEmpty, !name.contains(" ") else { return nil }
            return kind + (kind == "DNS:" ? name.lowercased() : name)
        }
        guard text.wholeMatch(of: #/[A-Za-z][A-Za-z0-9-]*=.+|[0-9]+(\.[0-9]+)+=.+/#) != nil,
            // What openssl prints without -nameopt RFC2253, the other way round: no certificate is ever called so.
            text.firstMatch(of: #/(^|[^\\])[,+] /#) == nil
        else { return nil }
        return String(text)
    }
}
