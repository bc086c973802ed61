/// The columns of an Arrow body and those of them that make the points.
struct ArrowSchema: Sendable {
    /// A column that counts: a coordinate, several, or what identifies the rows.
    struct Column: Sendable {
        /// Which of the schema's columns it is.
        let index: Int
        let name: String
        let content: ArrowField.Content
        /// The coordinate it becomes, the first of several, or ``ColumnPlan/identifier``.
        let slot: Int
    }

    let version: Int
    let fields: [ArrowField]
    /// The columns that count, in the schema's order.
    let columns: [Column]
    /// The number of coordinates of a point.
    let dimension: Int
    /// The names of the coordinates; `nil` where one column holds them all.
    let names: [String]?
    /// The name of the column that identifies the rows.
    let identifier: String?

    /// Reads a schema (Schema.fbs) and chooses among its columns.
    init(_ table: FlatTable, version: Int, _ options: DecodingOptions) throws(FormatError) {
        guard try table.number(0, default: 0 as Int16) == 0 else {
            throw FormatError(
                code: .unprocessable,
                detail: "the Arrow data is big-endian, which is not read here. Write it on a little-endian machine, or "
                    + "send CSV.")
        }
        self.version = version
        let vector = try table.vector(1, stride: 4)
        guard vector.count <= options.maximumColumns else { throw Self.tooWide(vector.count, options) }
        var reader = ArrowFieldReader(version: version)
        var fields: [ArrowField] = []
        for index in 0..<vector.count { fields.append(try reader.field(vector.table(index))) }
        guard !fields.isEmpty else {
            throw FormatError(
                code: .unprocessable, detail: "the Arrow schema has no columns. Send at least one column of numbers.")
        }
        self.fields = fields
        let allNames = fields.map(\.name)
        let plan = try ColumnPlan(options, names: allNames, width: fields.count)
        columns = fields.indices.compactMap { index in
            let slot = plan.slot(index)
            guard slot != ColumnPlan.skipped else { return nil }
            return Column(index: index, name: fields[index].name, content: fields[index].content, slot: slot)
        }
        identifier = plan.identifierName(allNames)
        let coordinates = columns.filter { $0.slot != ColumnPlan.identifier }
        var width: Int?
        for column in columns { try Self.check(column, isAlone: coordinates.count == 1, allNames, &width) }
        if let width, width > options.maximumColumns { throw Self.tooWide(width, options) }
        dimension = width ?? coordinates.count
        names = width == nil ? plan.select(allNames) : nil
    }

    /// The one column of texts that a dictionary is.
    init(dictionaryOf column: Column, _ text: ArrowField.Text, version: Int) {
        self.version = version
        let content = ArrowField.Content.text(text)
        let layout = text == .views ? ArrowLayout(nodes: 1, buffers: 2, views: 1) : ArrowLayout(nodes: 1, buffers: 3)
        fields = [ArrowField(name: column.name, content: content, layout: layout)]
        columns = [Column(index: 0, name: column.name, content: content, slot: ColumnPlan.identifier)]
        dimension = 1
        names = nil
        identifier = column.name
    }

    /// Whether `type` holds every number of the coordinates.
    func fits(_ type: NumberType) -> Bool {
        columns.allSatisfy { column in
            guard column.slot != ColumnPlan.identifier else { return true }
            return switch column.content {
            case .numbers(let scalar), .lists(_, let scalar): scalar.fits(type)
            case .bits: true
            case .text, .entries, .other: false
            }
        }
    }

    /// Checks that a column can be what it shall be.
    ///
    /// - Parameter width: becomes the length of the lists, where the column holds lists.
    private static func check(
        _ column: Column, isAlone: Bool, _ names: [String], _ width: inout Int?
    ) throws(FormatError) {
        let name = ErrorText.quoted(column.name)
        if column.slot == ColumnPlan.identifier {
            switch column.content {
            case .text, .entries: return
            case .numbers(let scalar) where scalar.kind != .float: return
            case .numbers, .bits, .lists, .other:
                throw error(
                    column, "cannot be the id_column: it holds \(column.content.name)",
                    "Cast it to strings first: table.set_column(i, \(name), table[\(name)].cast(\"string\")).")
            }
        }
        switch column.content {
        case .numbers, .bits: return
        case .lists(let length, _):
            guard isAlone else {
                throw error(
                    column, "holds lists of \(length) numbers, beside other columns",
                    "Choose it alone, such as with columns=, or choose the others.")
            }
            width = length
        case .text, .entries, .other:
            let wanted = column.content == .other("decimal") ? "floats or integers" : "numbers"
            throw error(column, "holds \(column.content.name), not \(wanted)", fix(column, names))
        }
    }

    /// What to do with a column that cannot be a coordinate.
    private static func fix(_ column: Column, _ names: [String]) -> String {
        let name = ErrorText.quoted(column.name)
        let choose = "name the columns of numbers with columns; the columns are \(ErrorText.list(names))."
        switch column.content.name {
        case "list", "large_list":
            return "Make it a fixed_size_list: pyarrow.FixedSizeListArray.from_arrays(x.flatten(), d)."
        case "decimal":
            return "Cast it to floats (table[\(name)].cast(\"float64\"), in SQL \(column.name.prefix(40))::DOUBLE), or "
                + choose
        case "a dictionary's entries":
            return "Cast it to the type of its values (column.cast(\"string\") or \"float\"), or \(choose)"
        default: return "N" + choose.dropFirst()
        }
    }

    private static func error(_ column: Column, _ problem: String, _ fix: String) -> FormatError {
        FormatError(
            code: .unprocessable, detail: "column \(ErrorText.quoted(column.name)) \(problem). \(fix)",
            places: [.init(column: column.index + 1, name: column.name, detail: problem)])
    }

    private static func tooWide(_ count: Int, _ options: DecodingOptions) -> FormatError {
        FormatError(
            code: .tooLarge,
            detail: "the table has \(count) columns, more than \(options.maximumColumns). Send fewer.",
            places: [.init(detail: "more than \(options.maximumColumns) columns")])
    }
}

extension ArrowField.Content {
    /// What a column of the kind holds, in words.
    var name: String {
        switch self {
        case .numbers(let scalar): scalar.kind == .float ? "floats" : "integers"
        case .bits: "truth values"
        case .lists: "lists of numbers"
        case .text: "text"
        case .entries, .other("dictionary"): "a dictionary's entries"
        case .other(let name): name
        }
    }
}
