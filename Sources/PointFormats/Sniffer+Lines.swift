extension Sniffer {
    /// Tells a JSON document from lines of JSON by what follows the first value.
    ///
    /// - Parameter bytes: a prefix that starts with `{` or `[` behind a byte order mark and white space.
    static func documentOrLines(_ bytes: [UInt8]) -> Sniffed {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        if let end = endOfValue(text) {
            guard let next = text[end...].first(where: { !isBlank($0) }) else { return .needMore }
            return .format(next == UInt8(ascii: "{") || next == UInt8(ascii: "[") ? .ndjson : .json)
        }
        if bytes.count < PointFormat.sniffLength { return .needMore }
        return .format(startsLikeDocument(text) ? .json : .ndjson)
    }

    /// Whether a value too long to see its end starts as a document does: with a bracket, or a key and a bracket.
    private static func startsLikeDocument(_ text: ArraySlice<UInt8>) -> Bool {
        let inner = text.drop(while: isBlank).dropFirst().drop(while: isBlank)
        let brackets = [UInt8(ascii: "["), UInt8(ascii: "{")]
        guard inner.first == UInt8(ascii: "\"") else { return inner.first.map(brackets.contains) ?? true }
        let value = inner.dropFirst().drop { $0 != UInt8(ascii: "\"") }.dropFirst()
            .drop { isBlank($0) || $0 == UInt8(ascii: ":") }
        return value.first.map(brackets.contains) ?? true
    }

    /// The index behind the first bracketed value of `text`; `nil` when it does not end there.
    private static func endOfValue(_ text: ArraySlice<UInt8>) -> Int? {
        var depth = 0
        var isString = false
        var isEscaped = false
        for (index, byte) in zip(text.indices, text) {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth <= 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }
}
