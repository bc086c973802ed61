/// The rows of JSON, be they arrays or objects, on their way into a block.
struct JSONRows: Sendable {
    /// What a row is.
    enum Kind: Sendable {
        case array
        case object
    }

    private(set) var options: DecodingOptions
    /// What identifies the rows from outside them.
    var rowIndex = JSONIndex()
    /// What the first row was.
    private(set) var kind: Kind?
    var plan = ColumnPlan()
    /// The names of the numbers, if the rows are objects or names came in front of them.
    var names: [String]?
    /// The members of rows that are objects.
    var members = JSONMembers()
    /// The index of the element or the member being read or coming next.
    var index = 0
    /// The number of elements of every row, once it is known.
    var width: Int?
    /// How many rows were begun, wrong ones counted.
    private(set) var count = 0
    var problems = ProblemLog()
    /// The name of the array of rows, for messages.
    var label = ""
    /// Whether every row is a line of its own.
    var hasLines = false

    init(_ options: DecodingOptions) { self.options = options }

    /// Takes the names of the elements, before the first row.
    mutating func setNames(_ names: [String], line: Int) throws(FormatError) {
        guard !names.isEmpty else {
            throw FormatError(
                code: .unprocessable, detail: "\"columns\" is empty. Name every number of a point, or leave it out.",
                places: [.init(line: line, detail: "\"columns\" is empty")])
        }
        if case .name(let name)? = options.identifierColumn, !names.contains(name) { takeIndex(name) }
        plan = try ColumnPlan(options, names: names, width: names.count, line: line)
        self.names = names
        width = names.count
    }

    /// Begins a row.
    ///
    /// - Returns: `false` when the row is of another kind than the first; it is then a mistake, and over.
    mutating func begin(isObject: Bool, _ tokenizer: JSONTokenizer) throws(FormatError) -> Bool {
        let kind = isObject ? Kind.object : .array
        if self.kind == nil {
            self.kind = kind
            if !isObject, names == nil { try planUnnamed(line: tokenizer.line) }
        }
        index = 0
        guard self.kind == kind else {
            note(
                isObject ? "an object among arrays" : "an array among objects", tokenizer,
                fix: "Send either arrays or objects.")
            count += 1
            try problems.check(at: tokenizer.tokenStart)
            return false
        }
        if isObject { members.beginRow() }
        return true
    }

    /// Counts whole rows that were read past this.
    mutating func skip(_ rows: Int) { count += rows }

    /// Ends a row.
    mutating func end(_ tokenizer: JSONTokenizer, _ block: inout RowBlock) throws(FormatError) {
        if kind == .object { try endObject(tokenizer, &block) } else { try endArray(tokenizer) }
        count += 1
        if problems.isEmpty {
            if rowIndex.name != nil { block.identify(try rowIndex.next(tokenizer).utf8) }
            block.endRow()
        } else {
            block.dropRow()
            try problems.check(at: tokenizer.tokenStart)
        }
    }

    /// Whether the document's `index` may be what identifies the rows.
    var mayTakeIndex: Bool {
        if case .name? = options.identifierColumn { true } else { rowIndex.name != nil }
    }

    /// Decides, in front of the first row, whether the document's `index` identifies the rows: where the id_column is the
    /// name of no column, and so the index's.
    mutating func chooseIndex() throws(FormatError) {
        if rowIndex.isThere, names == nil, case .name(let name)? = options.identifierColumn { takeIndex(name) }
        guard let name = rowIndex.name, !rowIndex.isThere else { return }
        let columns = KnownColumns(names: names, width: width, limit: options.maximumColumns)
        throw columns.error("there is no column \(ErrorText.quoted(name)), and no \"index\" in front of the points.")
    }

    /// What was left out.
    var warnings: [String] {
        let renaming = plan.renaming(names)
        guard rowIndex.hasText, rowIndex.name == nil else { return renaming }
        return renaming + ["the document's index was left out; id_column=index keeps it as the ids of the rows"]
    }

    private mutating func takeIndex(_ name: String) {
        rowIndex.name = name
        options.identifierColumn = nil
    }

    /// Puts a number where it belongs.
    @inline(__always)
    func store(_ value: Double, _ block: inout RowBlock) {
        guard let dimension = plan.dimension ?? (kind == .object ? width : nil) else {
            return block.append(value)
        }
        let slot = plan.slot(index)
        guard slot >= 0 else { return }
        if block.count == block.rowStart { block.beginRow(dimension: dimension) }
        block.set(slot, value)
    }

    /// Whether the element or member that comes next may identify the row, so that its text is needed.
    var isAtIdentifier: Bool {
        guard let selector = options.identifierColumn, index >= 0 else { return false }
        if kind == .object, members.isFirst { return members.isCalled(selector, index) }
        return plan.slot(index) == ColumnPlan.identifier
    }

    /// Takes what identifies the row, from the tokenizer's text.
    mutating func identify(_ token: JSONToken, _ tokenizer: JSONTokenizer, _ block: inout RowBlock) {
        switch token {
        case .string, .number, .boolean:
            identify(tokenizer.text, isCut: tokenizer.isCut, tokenizer, &block)
        case .null, .notFinite, .key, .beginArray, .endArray, .beginObject, .endObject:
            noteIdentifier("the id is no text", tokenizer)
        }
    }

    /// Takes the text that identifies the row.
    ///
    /// - Parameter isCut: whether it is longer than that.
    mutating func identify(_ text: [UInt8], isCut: Bool, _ tokenizer: JSONTokenizer, _ block: inout RowBlock) {
        if isCut || text.count > RowIdentifiers.longest {
            noteIdentifier("the id is longer than \(RowIdentifiers.longest) bytes", tokenizer)
        } else if String(validating: text, as: UTF8.self) == nil {
            noteIdentifier("the id \(ErrorText.quoted(text)) is not valid UTF-8", tokenizer)
        } else {
            block.identify(text)
        }
    }

    /// The plan for arrays of which nothing is known.
    private mutating func planUnnamed(line: Int) throws(FormatError) {
        let chosen = (options.columns ?? []) + (options.identifierColumn.map { [$0] } ?? [])
        let isByName = chosen.contains { if case .name = $0 { true } else { false } }
        if isByName, !label.isEmpty {
            throw FormatError(
                code: .unprocessable,
                detail: "columns are chosen by name, but no \"columns\" stands in front of \"\(label)\". "
                    + "Put it in front, or choose columns by 0-based indices.",
                places: [.init(line: line, detail: "no \"columns\" in front of \"\(label)\"")])
        }
        plan = try ColumnPlan(options, names: nil, width: nil, line: line)
    }
}
