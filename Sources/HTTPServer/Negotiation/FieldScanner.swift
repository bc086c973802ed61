/// Reads the pieces that structured field values are made of: tokens, quoted strings, separators (RFC 9110, 5.6).
struct FieldScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    /// Skips spaces and tabs.
    mutating func skipWhitespace() {
        while position < bytes.count && ByteClass.isWhitespace(bytes[position]) { position += 1 }
    }

    /// Takes an octet if it is the next one.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    /// Moves to the next comma that is not in a quoted string, or to the end.
    mutating func skipElement() {
        while position < bytes.count && bytes[position] != ByteClass.comma {
            if bytes[position] == UInt8(ascii: "\""), quotedString() != nil { continue }
            position += 1
        }
    }

    /// Takes a token, one octet at least.
    mutating func token() -> String? {
        let start = position
        while position < bytes.count && ByteClass.isToken(bytes[position]) { position += 1 }
        return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes a quoted string and gives what it quotes; leaves the position alone when there is none.
    mutating func quotedString() -> String? {
        let start = position
        guard skip("\"") else { return nil }
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard position < bytes.count else { break }
                content.append(bytes[position])
                position += 1
            } else {
                content.append(byte)
            }
        }
        position = start
        return nil
    }

    /// Takes an opaque tag in its quotes, in which a backslash is itself (RFC 9110, section 8.8.3).
    mutating func opaqueTag() -> String? {
        let start = position
        guard skip("\"") else { return nil }
        let first = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] == 0x21 || (bytes[position] >= 0x23 && bytes[position] != 0x7F) else { break }
            position += 1
        }
        let tag = bytes[first..<position]
        guard skip("\"") else {
            position = start
            return nil
        }
        return String(decoding: tag, as: UTF8.self)
    }

    /// A token or a quoted string.
    mutating func word() -> String? { quotedString() ?? token() }
}
