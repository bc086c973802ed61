/// Classes of octets in HTTP messages (RFC 9110, section 5.6).
///
/// Messages are read as octets: String operations fold case beyond ASCII, take CR LF for one character and accept
/// digits of other scripts.
enum ByteClass {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")

    /// A set of ASCII octets, one bit each, so that membership is a shift without a look in memory.
    private struct ASCIISet {
        let low: UInt64
        let high: UInt64

        @inline(__always)
        func contains(_ byte: UInt8) -> Bool {
            byte < 0x80 && (byte < 0x40 ? low : high) >> UInt64(byte & 0x3F) & 1 == 1
        }
    }

    /// Letters, digits and `!#$%&'*+-.^_`|~`.
    private static let token = ASCIISet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

    /// Letters, digits and `-._~!$&'()*+,;=%`.
    private static let registeredName = ASCIISet(low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// An octet of a token: method, field name, parameter name.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool { token.contains(byte) }

    /// An octet of a registered name in an authority (RFC 3986, section 3.2.2).
    @inline(__always)
    static func isRegisteredName(_ byte: UInt8) -> Bool { registeredName.contains(byte) }

    /// An octet of a field value: HTAB, SP, visible ASCII and obs-text.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == tab }

    /// An octet of a request target: visible ASCII but for '#', which starts a fragment.
    ///
    /// More than RFC 3986 has: browsers send `|`, `{` and `[` in queries as they are.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// SP or HTAB, the only optional whitespace there is.
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// The value of an ASCII hexadecimal digit.
    @inline(__always)
    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The octet with an ASCII capital made small; all others, those above 0x7F too, stay.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
