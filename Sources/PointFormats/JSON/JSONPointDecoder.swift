/// Reads points from a JSON document or from lines of JSON.
///
/// A document is an array of rows, or an object whose `points` or `data` is one, beside `columns` and `index`. A row is
/// an array of numbers, or an object whose members are numbers. Lines are rows behind each other.
struct JSONPointDecoder: FormatDecoder {
    /// How the body is made up.
    enum Shape: Sendable {
        /// The first value tells.
        case undecided
        case document
        case lines
    }

    /// What the token that comes next belongs to.
    enum Context: Sendable {
        /// Nothing yet, or in between two lines.
        case top
        /// The first array, of which it is not known whether it is a document or a line.
        case firstArray
        /// The first object, likewise.
        case firstObject
        /// The value of the first object's first member.
        case firstMember
        /// The document's object, in front of a member.
        case document
        /// The value of the document's member `member`.
        case documentValue
        /// The array of column names.
        case columns
        /// The array of what identifies the rows.
        case index
        /// The array of rows, in front of a row.
        case rows
        /// A row that is an array.
        case rowArray
        /// A row that is an object.
        case rowObject
        /// A document that is complete.
        case finished
    }

    let options: DecodingOptions
    var shape: Shape
    var context = Context.top
    var tokenizer: JSONTokenizer
    /// The depth of nesting down to which tokens are thrown away.
    var skipDepth: Int?
    /// The member of the document, or of the first object, that is being read.
    var member: [UInt8] = []
    var document = JSONDocument()
    var rows: JSONRows
    /// Whether the one line so far is an array of numbers that may be a document without its inner brackets.
    var isPerhapsFlat = false

    init(shape: Shape, options: DecodingOptions) {
        self.shape = shape
        self.options = options
        tokenizer = JSONTokenizer(options.numberType)
        rows = JSONRows(options)
    }

    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into block: inout RowBlock
    ) throws(FormatError) -> Int {
        guard let first = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        let end = first + bytes.count
        var p = first
        tokenizer.begin(bytes.count)
        while !block.isFull {
            if skipDepth == nil {
                if context == .rowArray {
                    readPlainRows(&p, end, &block)
                    guard context == .rowArray else { continue }
                    rows.readNumbers(&p, end, &tokenizer, &block)
                } else if context == .rowObject {
                    rows.readMembers(&p, end, &tokenizer, &block)
                }
            }
            if options.identifierColumn != nil { keepIdentifierText() }
            guard let token = try tokenizer.next(&p, end) else { break }
            try read(token, &block)
        }
        tokenizer.leave(end - p)
        return p - first
    }

    mutating func finish(into block: inout RowBlock) throws(FormatError) -> Bool {
        if let token = try tokenizer.finish() { try read(token, &block) }
        try rows.problems.checkAtEnd()
        if context == .top, rows.count == 0 { throw .empty }
        if isPerhapsFlat, rows.count == 1 { throw flat }
        if shape == .document { try document.check(rows) }
        try rows.rowIndex.checkAtEnd(rows: rows.count)
        if block.rowCount == 0 { throw document.noRows }
        return true
    }

    func summary(rows count: Int, dimension: Int) -> DecodedSummary {
        DecodedSummary(
            format: shape == .lines ? .ndjson : .json,
            schema: PointSchema(
                columns: rows.plan.select(rows.names ?? document.names), dimension: dimension,
                identifier: rows.rowIndex.name ?? rows.plan.identifierName(rows.names ?? document.names)),
            rows: count, warnings: rows.warnings, isExact: false, suspectsStrippedLineEnds: false)
    }

    /// Has the tokenizer keep the text of a number that identifies its row.
    private mutating func keepIdentifierText() {
        switch context {
        case .rowArray, .rowObject: tokenizer.keepsNumberText = rows.isAtIdentifier
        case .firstArray, .firstObject, .firstMember: tokenizer.keepsNumberText = true
        case .top, .document, .documentValue, .rows, .finished: tokenizer.keepsNumberText = false
        case .columns, .index: break
        }
    }

    /// The error of `[1,2,3]`.
    var flat: FormatError {
        FormatError(
            code: .unprocessable,
            detail:
                "the array holds numbers where points should be. Wrap each point: [[1],[2],[3]] for three points of "
                + "one coordinate, [[1,2,3]] for one point of three.",
            places: [.init(line: 1, row: 0, detail: "a number instead of an array")])
    }
}
