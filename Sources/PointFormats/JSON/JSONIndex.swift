/// The `index` of a JSON document (pandas' `orient="split"`): what identifies the rows, in front of them.
struct JSONIndex: Sendable {
    /// The most bytes it may have, lengths included.
    private static let limit = 32 << 20

    /// The name the rows' identifier gets when it is taken; `nil` when it is not.
    var name: String?
    /// Whether there is such an array, and whether it has text.
    private(set) var isThere = false
    private(set) var hasText = false
    private var texts = RowIdentifiers()
    private var iterator: RowIdentifiers.Iterator?
    private var taken = 0
    /// How many elements there are, and the line that they start on.
    private var count = 0
    private var line = 1

    /// Starts the array, on that line.
    mutating func begin(line: Int) {
        isThere = true
        self.line = line
    }

    /// Takes the next element.
    ///
    /// - Parameter isKept: whether it may be wanted.
    mutating func read(_ token: JSONToken, _ tokenizer: JSONTokenizer, isKept: Bool) throws(FormatError) {
        count += 1
        if token == .string { hasText = true }
        guard isKept else { return }
        guard token.isScalar, !tokenizer.isCut, tokenizer.text.count <= RowIdentifiers.longest,
            String(validating: tokenizer.text, as: UTF8.self) != nil
        else {
            let detail = "index[\(texts.count)] is no text of at most \(RowIdentifiers.longest) bytes"
            throw FormatError(
                code: .unprocessable, detail: "\(detail). Send a short text or a number for each point.",
                places: [.init(line: tokenizer.line, row: texts.count, byte: tokenizer.tokenStart, detail: detail)])
        }
        guard texts.bytes.count < Self.limit else {
            throw FormatError(
                code: .tooLarge,
                detail:
                    "\"index\" has more than \(Self.limit) bytes. Send the ids with the rows: CSV, NDJSON or Arrow.",
                places: [
                    .init(line: tokenizer.line, byte: tokenizer.tokenStart, detail: "more than \(Self.limit) bytes")
                ])
        }
        texts.append(utf8: tokenizer.text)
    }

    /// The identifier of the next row.
    mutating func next(_ tokenizer: JSONTokenizer) throws(FormatError) -> String {
        if iterator == nil { iterator = texts.makeIterator() }
        guard let text = iterator?.next() else {
            throw Self.mismatch(
                "\"index\" has \(ErrorText.counted(texts.count, "element")), but there are more points",
                .init(line: tokenizer.line, row: taken, detail: "a point without an id"))
        }
        taken += 1
        return text
    }

    /// Checks, at the end, that there is an element for every row, be they taken or not; an empty index that is left out
    /// says nothing.
    func checkAtEnd(rows: Int) throws(FormatError) {
        guard isThere, count != rows, count > 0 || name != nil else { return }
        throw Self.mismatch(
            "\"index\" has \(ErrorText.counted(count, "element")), but there are \(ErrorText.counted(rows, "point"))",
            .init(line: line, row: min(rows, count), detail: "as many elements as points are needed"))
    }

    private static func mismatch(_ detail: String, _ place: FormatError.Place) -> FormatError {
        FormatError(code: .unprocessable, detail: "\(detail). Send an id for each point.", places: [place])
    }
}
