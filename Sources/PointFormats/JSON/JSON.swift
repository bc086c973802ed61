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

    /// The content of a string with its escapes (RFC 8259, section 7) resolved to UTF-8; `nil` when one is wrong.
    static func unescape(_ raw: [UInt8]) -> [UInt8]? {
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
            case UInt8(ascii: "u"):
                guard let scalar = scalar(&rest) else { return nil }
                bytes.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        return bytes
    }

    /// Whether an escape in `raw` is one half of a surrogate pair.
    static func holdsSurrogate(_ raw: [UInt8]) -> Bool {
        zip(raw.indices, raw).contains { index, byte in
            guard byte == UInt8(ascii: "\\"), raw[index...].dropFirst().first == UInt8(ascii: "u") else { return false }
            var digits = raw[(index + 2)...]
            return codeUnit(&digits).map { UTF16.isSurrogate($0) } ?? false
        }
    }

    /// The character of a `\u` escape behind its `u`, of two escapes when it is a surrogate pair.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let first = codeUnit(&rest) else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"),
            let second = codeUnit(&rest), UTF16.isTrailSurrogate(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)))
    }

    private static func codeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt16? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
