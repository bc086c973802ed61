extension JSONTokenizer {
    /// A number that ends in this piece; otherwise `p` stays where it is.
    @inline(__always)
    func wholeNumber(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
        var cursor = p
        let value = Decimal.parse(&cursor, end, .json, numberType)
        guard value.isFinite, cursor < end, Self.endsScalar(cursor.pointee), cursor - p <= Decimal.longest else {
            return nil
        }
        p = cursor
        return value
    }

    /// Reads the numbers of an array for as long as they are finite and end in this piece.
    ///
    /// - Parameters:
    ///   - room: how many are read at most.
    ///   - take: is given each number.
    @inline(__always)
    mutating func readNumbers(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, atMost room: Int, _ take: (Double) -> Void
    ) {
        guard partial == .none, expectation != .colon else { return }
        var room = room
        while room > 0 {
            // In front of a comma or an element; whatever else comes next is left to `next`.
            skipBlanks(&p, end)
            guard p < end else { return }
            if expectation == .commaOrEnd {
                guard p.pointee == UInt8(ascii: ",") else { return }
                p += 1
                expectation = .value
                continue
            }
            guard let value = wholeNumber(&p, end) else { return }
            expectation = .commaOrEnd
            room -= 1
            take(value)
        }
    }

    /// Whether `byte` ends a number or a word.
    @inline(__always)
    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: "}"), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""):
            true
        default: false
        }
    }

    /// Reads a number or a word, from its start or from where the last piece cut it.
    mutating func resumeScalar(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) throws(FormatError) -> JSONToken? {
        let first = p
        while p < end, !Self.endsScalar(p.pointee) { p += 1 }
        keep(UnsafeBufferPointer(start: first, count: p - first))
        return p < end ? try endScalar() : nil
    }

    /// Ends a number or a word, which is in `text`.
    mutating func endScalar() throws(FormatError) -> JSONToken {
        partial = .none
        switch text {
        case Array("true".utf8), Array("false".utf8): return endValue(.boolean)
        case Array("null".utf8): return endValue(.null)
        case Array("NaN".utf8), Array("Infinity".utf8), Array("-Infinity".utf8): return endValue(.notFinite)
        default: break
        }
        let value = isCut ? .nan : JSON.number(text, numberType)
        guard !value.isNaN else {
            if text.count > Decimal.longest, text.allSatisfy({ Array("0123456789+-.eE".utf8).contains($0) }) {
                throw syntaxError(
                    "\(ErrorText.quoted(text)) has more than \(Decimal.longest) characters, too many for a number",
                    at: tokenStart, fix: "Round it: 17 digits tell any two numbers apart.")
            }
            throw syntaxError(
                "\(ErrorText.quoted(text)) is not a JSON value", at: tokenStart,
                fix: "Numbers look like -1.5e3; text needs double quotes.")
        }
        return endValue(.number(value))
    }

    /// Adds bytes to `text`, up to its longest.
    mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        let room = Self.longestText - text.count
        if bytes.count > room { isCut = true }
        text.append(contentsOf: bytes.prefix(room))
    }

    /// Reads a member that is called `name` and is a plain number, all of it in this piece and on this line.
    ///
    /// - Parameter name: bytes that stand for themselves in a JSON string.
    /// - Returns: the number; `nil`, with `p` where it was, when anything else comes next.
    mutating func readNumber(
        called name: [UInt8], _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Double? {
        var cursor = p
        guard partial == .none, expectation == .commaOrEnd || expectation == .keyOrEnd else { return nil }
        if expectation == .commaOrEnd, !Self.take(UInt8(ascii: ","), &cursor, end) { return nil }
        guard Self.take(UInt8(ascii: "\""), &cursor, end), end - cursor > name.count else { return nil }
        for index in 0..<name.count where cursor[index] != name[index] { return nil }
        cursor += name.count
        guard cursor.pointee == UInt8(ascii: "\"") else { return nil }
        cursor += 1
        guard Self.take(UInt8(ascii: ":"), &cursor, end) else { return nil }
        Self.skipSpaces(&cursor, end)
        guard cursor < end, let value = wholeNumber(&cursor, end) else { return nil }
        p = cursor
        expectation = .commaOrEnd
        return value
    }

    private static func take(
        _ byte: UInt8, _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Bool {
        skipSpaces(&cursor, end)
        guard cursor < end, cursor.pointee == byte else { return false }
        cursor += 1
        return true
    }

    @inline(__always)
    private static func skipSpaces(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        while cursor < end, cursor.pointee == 0x20 { cursor += 1 }
    }
}
