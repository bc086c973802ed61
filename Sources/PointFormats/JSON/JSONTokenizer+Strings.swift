extension JSONTokenizer {
    /// Reads a string, from its start or from where the last piece cut it.
    mutating func resumeString(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) throws(FormatError) -> JSONToken? {
        let first = p
        while p < end {
            let byte = p.pointee
            if byte < 0x20 {
                throw syntaxError(
                    "a string holds \(ErrorText.byte(byte))", at: pieceEnd - (end - p),
                    fix: "Write control characters as \\n or \\u000A, and close strings with a double quote.")
            }
            if partial == .escape {
                partial = .string
            } else if byte == UInt8(ascii: "\\") {
                partial = .escape
                hasEscapes = true
            } else if byte == UInt8(ascii: "\"") {
                keep(UnsafeBufferPointer(start: first, count: p - first))
                p += 1
                return try endString()
            }
            p += 1
        }
        keep(UnsafeBufferPointer(start: first, count: p - first))
        return nil
    }

    private var isKey: Bool { expectation == .key || expectation == .keyOrEnd }

    private mutating func endString() throws(FormatError) -> JSONToken {
        partial = .none
        if hasEscapes, !isCut {
            do {
                text = try JSON.unescape(text)
            } catch {
                throw escapeError(error)
            }
        }
        guard isKey else { return endValue(.string) }
        expectation = .colon
        return .key
    }

    private func escapeError(_ fault: JSON.EscapeFault) -> FormatError {
        let text = ErrorText.quoted(text)
        return switch fault {
        case .halfOfPair:
            syntaxError(
                "\(text) holds half of a surrogate pair", at: tokenStart,
                fix: "Write both halves, such as \\uD83D\\uDE00, or the character itself as UTF-8.")
        case .unknown:
            syntaxError(
                "\(text) holds a backslash that escapes nothing", at: tokenStart, fix: "Write a backslash as \\\\.")
        }
    }
}
