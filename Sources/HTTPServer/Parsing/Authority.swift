/// The authority of a URL without user information, as Host has it: `uri-host [":" port]` (RFC 3986, section 3.2).
enum Authority {
    /// Whether octets are an authority; an empty host is one.
    static func isValid(_ octets: Span<UInt8>) -> Bool {
        let hostEnd: Int
        if !octets.isEmpty && octets[0] == UInt8(ascii: "[") {
            guard let bracket = octets.firstIndex(of: UInt8(ascii: "]")),
                isAddressLiteral(octets.extracting(1..<bracket))
            else { return false }
            hostEnd = bracket + 1
        } else {
            hostEnd = octets.firstIndex(of: ByteClass.colon) ?? octets.count
            guard isRegisteredName(octets.extracting(0..<hostEnd)) else { return false }
        }
        if hostEnd == octets.count { return true }
        return octets[hostEnd] == ByteClass.colon && isPort(octets.extracting((hostEnd + 1)..<octets.count))
    }

    /// Digits, none at all included, up to 65535.
    private static func isPort(_ octets: Span<UInt8>) -> Bool {
        var port = 0
        for index in octets.indices {
            guard ByteClass.isDigit(octets[index]) else { return false }
            port = port * 10 + Int(octets[index] - UInt8(ascii: "0"))
            guard port <= 65535 else { return false }
        }
        return true
    }

    private static func isRegisteredName(_ octets: Span<UInt8>) -> Bool {
        var index = 0
        while index < octets.count {
            guard ByteClass.isRegisteredName(octets[index]) else { return false }
            if octets[index] == UInt8(ascii: "%") {
                guard index + 2 < octets.count, ByteClass.hexadecimalDigit(octets[index + 1]) != nil,
                    ByteClass.hexadecimalDigit(octets[index + 2]) != nil
                else { return false }
                index += 2
            }
            index += 1
        }
        return true
    }

    /// An IPv6 address or a future one (`v1.…`): by its octets, for nothing is resolved here.
    private static func isAddressLiteral(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 2 else { return false }
        if ByteClass.lowercased(octets[0]) == UInt8(ascii: "v") {
            guard let dot = octets.firstIndex(of: UInt8(ascii: ".")), dot > 1, dot + 1 < octets.count
            else { return false }
            return octets.extracting(1..<dot).allSatisfy { ByteClass.hexadecimalDigit($0) != nil }
                && octets.extracting((dot + 1)..<octets.count).allSatisfy {
                    (ByteClass.isRegisteredName($0) && $0 != UInt8(ascii: "%")) || $0 == ByteClass.colon
                }
        }
        return octets.firstIndex(of: ByteClass.colon) != nil
            && octets.allSatisfy {
                ByteClass.hexadecimalDigit($0) != nil || $0 == ByteClass.colon || $0 == UInt8(ascii: ".")
            }
    }
}
