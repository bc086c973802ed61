/// The values of JSON in memory.
enum JSON {
    /// The number that `text` is, as `type` has it; not-a-number when it is none.
    static func number(_ text: [UInt8], _ type: NumberType) -> Double {
        guard text.count <= Decimal.longest else { return .nan }
        return text.withUnsafeBufferPointer { bytes in
            guard var cursor = bytes.baseAddress else { return .nan }
            let end = cursor + bytes.count
            let value = Decimal.parse(&cursor, end, .json, type)
            return cursor == end ? value : .nan
        }
    }

    /// What is wrong with an escape.
    enum EscapeFault: Error {
        /// A backslash, and nothing it could escape.
        case unknown
        /// One half of a surrogate pair without the other.
        case halfOfPair
    }

    /// The content of a string with its escapes (RFC 8259, section 7) resolved to UTF-8.
    static func unescape(_ raw: [UInt8]) throws(EscapeFault) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = raw[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): bytes.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"): bytes.append(contentsOf: String(try scalar(&rest)).utf8)
            default: throw .unknown
            }
        }
        return bytes
    }

    /// The character of a `\u` escape behind its `u`, of two escapes when it is a surrogate pair.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) throws(EscapeFault) -> Unicode.Scalar {
        let first = try codeUnit(&rest)
        guard UTF16.isLeadSurrogate(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw .halfOfPair }
            return scalar
        }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u") else { throw .halfOfPair }
        let second = try codeUnit(&rest)
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)))
        else { throw .halfOfPair }
        return scalar
    }

    private static func codeUnit(_ rest: inout ArraySlice<UInt8>) throws(EscapeFault) -> UInt16 {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .unknown }
        rest = rest.dropFirst(4)
        return unit
    }
}
