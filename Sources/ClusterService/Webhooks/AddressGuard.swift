import Glibc

/// Which addresses a webhook may be sent to: none that only this machine or its network can reach.
///
/// Whoever may submit a job names an address that the service then calls, from inside the network it stands in. So the
/// special-purpose blocks of the IANA registries (RFC 6890) are refused, also where an IPv4 address hides in an IPv6 one.
struct AddressGuard: Sendable {
    /// Blocks that are allowed although they are special.
    let allowed: [AddressBlock]

    private static let refused = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap(AddressBlock.init)

    /// IPv6 addresses that are IPv4 ones, from which bit on.
    private static let embedded = ["::ffff:0:0/96", "::/96"].compactMap(AddressBlock.init)

    init(allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Whether an address, 4 or 16 bytes, may be called.
    ///
    /// - Complexity: O(blocks).
    func permits(_ address: [UInt8]) -> Bool {
        if address.count == 16, Self.embedded.contains(where: { $0.contains(address) }) {
            // :: and ::1 are themselves, and special.
            let isPlain = address.dropLast().allSatisfy { $0 == 0 } && (address.last ?? 0) < 2
            if !isPlain { return permits(Array(address.suffix(4))) || allowed.contains { $0.contains(address) } }
        }
        if allowed.contains(where: { $0.contains(address) }) { return true }
        return address.count == 4 || address.count == 16
            ? !Self.refused.contains { $0.contains(address) } : false
    }

    /// Whether this machine may call itself, by IPv4 or IPv6.
    var permitsLoopback: Bool { ["127.0.0.1", "::1"].compactMap(AddressBlock.bytes).contains(where: permits) }
}

/// A block of addresses as CIDR writes it, such as 10.0.0.0/8 or fd00::/8.
public struct AddressBlock: Sendable, Equatable {
    private let address: [UInt8]
    private let bits: Int

    /// Reads a block; a single address is a block of its own.
    ///
    /// - Returns: nil when the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let address = Self.bytes(first) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            bits = 8 * address.count
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]),
            bits <= 8 * address.count
        else { return nil }
        self.bits = bits
    }

    /// Whether the block holds an address of the same family.
    func contains(_ other: [UInt8]) -> Bool {
        guard other.count == address.count else { return false }
        return (0..<(bits + 7) / 8).allSatisfy { index in
            let mask: UInt8 = index < bits / 8 ? 0xFF : ~(0xFF >> UInt8(bits % 8))
            return address[index] & mask == other[index] & mask
        }
    }

    /// The 4 or 16 bytes of an address as it is usually written.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
