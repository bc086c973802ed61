/// The address of a webhook, taken apart: http or https, a host, a port and what to ask for.
struct WebhookURL: Sendable, Equatable {
    let isSecure: Bool
    /// A name, or an address without brackets.
    let host: String
    let port: UInt16
    /// Path and query.
    let target: String
    /// What stands in the Host field.
    let authority: String

    private static let longest = 2_048

    /// Why a text is no address for a webhook; reads on after the parameter's name.
    struct Fault: Error {
        let detail: String
    }

    /// Reads an address, octet by octet: what is unusual is refused and not guessed at.
    init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Fault(detail: "is an address of at most \(Self.longest) visible ASCII characters")
        }
        let lower = text.lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else if lower.hasPrefix("http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else {
            throw Fault(detail: "begins with https:// or http://")
        }
        guard !rest.contains("#"), !rest.contains("\\") else {
            throw Fault(detail: "has no fragment and no backslash")
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            throw Fault(detail: "has no user name and no password; the secret signs what is sent")
        }
        (host, port) = try Self.place(authority, isSecure: isSecure)
        self.authority = String(authority)
        let tail = String(rest[end...])
        target = tail.hasPrefix("/") ? tail : "/" + tail
    }

    /// Who is behind the address, whatever the port: the host as it is compared.
    var receiver: String {
        let name = host.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// Whether the host is a name that always means this machine (RFC 6761 section 6.3).
    var isLocalHost: Bool { receiver == "localhost" || receiver.hasSuffix(".localhost") }

    private static func place(_ authority: Substring, isSecure: Bool) throws(Fault) -> (String, UInt16) {
        var (name, digits) = (authority, Substring())
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw Fault(detail: "lacks a ]") }
            name = authority[authority.index(after: authority.startIndex)..<bracket]
            digits = authority[authority.index(after: bracket)...]
            guard AddressBlock.bytes(String(name))?.count == 16 else {
                throw Fault(detail: "has an IPv6 address in its brackets")
            }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            (name, digits) = (authority[..<colon], authority[colon...])
            let isName = name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
            guard !name.isEmpty, name.utf8.count <= 253, isName else { throw Fault(detail: "names a host") }
        }
        guard !digits.isEmpty else { return (String(name), isSecure ? 443 : 80) }
        let number = digits.dropFirst()
        guard digits.hasPrefix(":"), !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(number), port > 0
        else { throw Fault(detail: "has a port from 1 to 65535") }
        return (String(name), port)
    }
}
