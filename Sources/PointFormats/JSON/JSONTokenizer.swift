/// Cuts JSON (RFC 8259) into tokens, fed in any pieces.
///
/// Values may follow each other at the top, as NDJSON's lines do; the reader of the tokens decides whether they may.
/// Memory: one token of at most ``longestText`` bytes, and a bit a level of nesting.
struct JSONTokenizer: Sendable {
    /// What may come next.
    enum Expectation: Sendable {
        case value
        case elementOrEnd
        case keyOrEnd
        case key
        case colon
        case commaOrEnd
    }

    /// A token whose end the last piece did not hold.
    enum Partial: Sendable {
        case none
        case scalar
        case string
        /// In a string, behind a backslash.
        case escape
    }

    /// The deepest nesting that is read.
    static let deepest = 64
    /// The longest number, name or string that is kept, in bytes.
    static let longestText = 4_096

    /// The bytes of the last key, string or word, without quotes and with escapes resolved.
    var text: [UInt8] = []
    /// Whether `text` is only the start of a string that was too long to keep.
    var isCut = false
    /// The type that numbers are read as.
    let numberType: NumberType
    /// Whether the text of numbers is kept as well.
    var keepsNumberText = false

    /// How many brackets are open.
    private(set) var depth = 0
    /// The physical line, from 1, of the token last read or being read.
    private(set) var line = 1
    /// Where in the body the token last read or being read starts.
    private(set) var tokenStart = 0

    /// For each open bracket whether it is an object's, the innermost in the lowest bit.
    private var objects: UInt64 = 0
    var expectation = Expectation.value
    var partial = Partial.none
    var hasEscapes = false
    /// Where in the body the line starts.
    private(set) var lineStart = 0
    /// The offset in the body of the end of the piece being read.
    var pieceEnd = 0
    /// How many bytes of a byte order mark, which RFC 8259 allows to ignore, were skipped.
    private var markBytes = 0

    init(_ numberType: NumberType = .float32) { self.numberType = numberType }

    /// Says that the next piece is `count` bytes long.
    mutating func begin(_ count: Int) { pieceEnd += count }

    /// Says that the piece was left with `count` bytes unread, which will be given again.
    mutating func leave(_ count: Int) { pieceEnd -= count }

    /// The next token, or `nil` when the piece holds none that is complete.
    mutating func next(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) throws(FormatError) -> JSONToken? {
        switch partial {
        case .none: break
        case .scalar: return try resumeScalar(&p, end)
        case .string, .escape: return try resumeString(&p, end)
        }
        while p < end {
            skipBlanks(&p, end)
            guard p < end else { return nil }
            tokenStart = pieceEnd - (end - p)
            let byte = p.pointee
            if tokenStart <= markBytes, try skipMark(byte) {
                p += 1
                continue
            }
            switch expectation {
            case .commaOrEnd where byte == UInt8(ascii: ","):
                expectation = isInObject ? .key : .value
                p += 1
            case .colon where byte == UInt8(ascii: ":"):
                expectation = .value
                p += 1
            case .commaOrEnd, .elementOrEnd, .keyOrEnd:
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                    p += 1
                    return try close(byte)
                }
                if expectation == .commaOrEnd { throw unexpected(byte) }
                return try beginToken(&p, end)
            case .value, .key:
                return try beginToken(&p, end)
            case .colon:
                throw unexpected(byte)
            }
        }
        return nil
    }

    /// Ends the body.
    ///
    /// - Returns: a number or word at the very end.
    mutating func finish() throws(FormatError) -> JSONToken? {
        let token = partial == .scalar ? try endScalar() : nil
        guard depth == 0, partial == .none else {
            throw syntaxError(
                partial == .none ? "the body ends before its last bracket closes" : "the body ends inside a string",
                at: pieceEnd, fix: "Send the whole document; it may have been cut off.")
        }
        return token
    }

    private mutating func beginToken(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) throws(FormatError) -> JSONToken? {
        let byte = p.pointee
        if byte == UInt8(ascii: "\"") {
            p += 1
            text.removeAll(keepingCapacity: true)
            isCut = false
            hasEscapes = false
            partial = .string
            return try resumeString(&p, end)
        }
        guard expectation != .key, expectation != .keyOrEnd else { throw unexpected(byte) }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            p += 1
            return try open(isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            if !keepsNumberText, let value = wholeNumber(&p, end) { return endValue(.number(value)) }
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): break
        default: throw unexpected(byte)
        }
        text.removeAll(keepingCapacity: true)
        isCut = false
        partial = .scalar
        return try resumeScalar(&p, end)
    }
}

// MARK: - Structure

extension JSONTokenizer {
    /// Takes in what was read past the tokenizer: whole rows, and the line of what comes next.
    mutating func moved(toLine line: Int, startingAt lineStart: Int) {
        self.line = line
        self.lineStart = lineStart
    }

    /// Takes in that an array was closed whose numbers were read past the tokenizer.
    mutating func closeArray() {
        depth -= 1
        objects >>= 1
        expectation = depth == 0 ? .value : .commaOrEnd
    }

    var isInObject: Bool { depth > 0 && objects & 1 == 1 }

    private mutating func open(isObject: Bool) throws(FormatError) -> JSONToken {
        guard depth < Self.deepest else {
            throw syntaxError(
                "brackets are nested more than \(Self.deepest) deep", at: tokenStart,
                fix: "Send one array of numbers for each point.")
        }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        expectation = isObject ? .keyOrEnd : .elementOrEnd
        return isObject ? .beginObject : .beginArray
    }

    private mutating func close(_ byte: UInt8) throws(FormatError) -> JSONToken {
        guard depth > 0, isInObject == (byte == UInt8(ascii: "}")) else { throw unexpected(byte) }
        let isObject = isInObject
        depth -= 1
        objects >>= 1
        return endValue(isObject ? .endObject : .endArray)
    }

    mutating func endValue(_ token: JSONToken) -> JSONToken {
        expectation = depth == 0 ? .value : .commaOrEnd
        return token
    }

    /// Whether `byte` belongs to a byte order mark at the very start.
    private mutating func skipMark(_ byte: UInt8) throws(FormatError) -> Bool {
        let mark = Sniffer.byteOrderMark
        if markBytes < mark.count, tokenStart == markBytes, byte == mark[markBytes] {
            markBytes += 1
            return true
        }
        if markBytes > 0, markBytes < mark.count { throw unexpected(mark[0]) }
        return false
    }

    @inline(__always)
    mutating func skipBlanks(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        while p < end {
            switch p.pointee {
            case 0x20, 0x09, 0x0D: break
            case 0x0A:
                line += 1
                lineStart = pieceEnd - (end - p) + 1
            default: return
            }
            p += 1
        }
    }
}

// MARK: - Places

extension JSONTokenizer {
    private func unexpected(_ byte: UInt8) -> FormatError {
        let wanted =
            switch expectation {
            case .value: "a value"
            case .elementOrEnd: "a value or ']'"
            case .keyOrEnd: "a name in double quotes or '}'"
            case .key: "a name in double quotes"
            case .colon: "':'"
            case .commaOrEnd: isInObject ? "',' or '}'" : "',' or ']'"
            }
        return syntaxError(
            "\(ErrorText.byte(byte)) where \(wanted) should be", at: tokenStart, fix: "Send valid JSON (RFC 8259).")
    }

    /// The error of bytes that are not JSON at the offset `byte` of the body, in the line being read.
    func syntaxError(_ detail: String, at byte: Int, fix: String) -> FormatError {
        let place = FormatError.Place(line: line, column: byte - lineStart + 1, byte: byte, detail: detail)
        return FormatError(code: .malformed, detail: "\(place.located). \(fix)", places: [place])
    }
}
