/// A column of an Arrow schema: what its cells are, and how many buffers it takes in a record batch.
struct ArrowField: Sendable {
    /// What the cells of a column are, as far as they are read here.
    enum Content: Sendable, Equatable {
        /// A number each; truth values are unpacked to bytes.
        case numbers(NumpyScalar)
        /// A bit each.
        case bits
        /// A list of `width` numbers each.
        case lists(width: Int, NumpyScalar)
        /// A text each.
        case text(Text)
        /// The place, a number, in a dictionary of texts.
        case entries(dictionary: Int, NumpyScalar, Text)
        /// What is passed over, by its name in Arrow.
        case other(String)
    }

    /// How texts lie in a record batch.
    enum Text: Sendable, Equatable {
        /// One behind the other, between two offsets of so many bytes each.
        case offsets(size: Int)
        /// In any order and any number of buffers: the cell, ``ArrowView``, holds a short one, or says where it is.
        case views
    }

    let name: String
    let content: Content
    /// How many nodes and buffers its part of a record batch has, and how many of its columns keep their bytes in a
    /// number of buffers that the batch tells.
    let layout: ArrowLayout
}

/// How many entries of a record batch's lists belong to a column and those inside it.
struct ArrowLayout: Sendable, Equatable {
    var nodes = 0
    var buffers = 0
    var views = 0
}

/// Reads the columns of a schema (Schema.fbs).
struct ArrowFieldReader {
    /// How deep lists and structs may lie in each other.
    private static let deepest = 32
    /// How many columns, inner ones counted, are looked at.
    private static let mostFields = 1 << 17
    /// How many bytes the names may take.
    private static let longestNames = 1 << 20

    /// The version of the metadata: before V5 a union had one buffer more.
    let version: Int
    private var count = 0
    private var nameLength = 0

    init(version: Int) { self.version = version }

    /// The column that `table` describes.
    mutating func field(_ table: FlatTable) throws(FormatError) -> ArrowField {
        let text = try table.text(0)
        nameLength += text.count
        guard nameLength <= Self.longestNames else {
            throw FormatError(
                code: .tooLarge,
                detail: "the names of the columns take more than \(Self.longestNames) bytes. Shorten them.")
        }
        var layout = ArrowLayout()
        try measure(table, depth: 0, &layout)
        return ArrowField(
            name: String(decoding: text, as: UTF8.self), content: try content(table), layout: layout)
    }

    /// Adds up what a column and those inside it take.
    private mutating func measure(
        _ table: FlatTable, depth: Int, _ layout: inout ArrowLayout
    ) throws(FormatError) {
        count += 1
        guard depth <= Self.deepest, count <= Self.mostFields else {
            throw FormatError(
                code: .tooLarge,
                detail: "the schema has too many columns, or columns too deep in each other. "
                    + "Send the columns of numbers alone.")
        }
        layout.nodes += 1
        // Where there is a dictionary the column holds numbers of its entries.
        if try table.table(4) != nil {
            layout.buffers += 2
            return
        }
        guard let type = ArrowType(rawValue: try table.number(2, default: 0)) else {
            throw Self.unknownType(try table.text(0))
        }
        layout.buffers += try type.buffers(table.table(3), version: version)
        if type == .binaryView || type == .utf8View { layout.views += 1 }
        let children = try table.vector(5, stride: 4)
        for index in 0..<children.count { try measure(children.table(index), depth: depth + 1, &layout) }
    }

    private func content(_ table: FlatTable) throws(FormatError) -> ArrowField.Content {
        let type = ArrowType(rawValue: try table.number(2, default: 0)) ?? .none
        if let dictionary = try table.table(4) { return try Self.entries(dictionary, type) }
        switch type {
        case .bool: return .bits
        case .utf8, .largeUtf8, .utf8View: return Self.text(type).map(ArrowField.Content.text) ?? .other(type.name)
        case .int, .floatingPoint:
            return try Self.scalar(type, table.table(3)).map(ArrowField.Content.numbers) ?? .other(type.name)
        case .fixedSizeList:
            let width = Int(try table.table(3)?.number(0, default: 0 as Int32) ?? 0)
            let children = try table.vector(5, stride: 4)
            guard width > 0, children.count == 1 else { return .other("an empty fixed_size_list") }
            guard case .numbers(let scalar) = try content(children.table(0)) else {
                return .other("fixed_size_list of something else than numbers")
            }
            return .lists(width: width, scalar)
        default: return .other(type.name)
        }
    }

    /// A column that holds places in a dictionary (Schema.fbs, DictionaryEncoding).
    private static func entries(_ table: FlatTable, _ type: ArrowType) throws(FormatError) -> ArrowField.Content {
        let index = try table.table(1)
        // Without a type they are numbers of 32 bits with a sign.
        let place = try index == nil ? NumpyScalar(.signed, size: 4) : Self.scalar(.int, index)
        guard let text = text(type), let place else { return .other("dictionary") }
        let number = Int(try table.number(0, default: 0 as Int64))
        return .entries(dictionary: number, place, text)
    }

    private static func text(_ type: ArrowType) -> ArrowField.Text? {
        switch type {
        case .utf8: .offsets(size: 4)
        case .largeUtf8: .offsets(size: 8)
        case .utf8View: .views
        default: nil
        }
    }

    private static func scalar(_ type: ArrowType, _ table: FlatTable?) throws(FormatError) -> NumpyScalar? {
        guard let table else { return nil }
        if type == .floatingPoint {
            let sizes: [Int16: Int] = [0: 2, 1: 4, 2: 8]
            return sizes[try table.number(0, default: 0)].map { NumpyScalar(.float, size: $0) }
        }
        let width = try table.number(0, default: 0 as Int32)
        guard [8, 16, 32, 64].contains(width) else { return nil }
        return NumpyScalar(try table.number(1, default: 0 as UInt8) == 0 ? .unsigned : .signed, size: Int(width) / 8)
    }

    private static func unknownType(_ name: ArraySlice<UInt8>) -> FormatError {
        FormatError(
            code: .unprocessable,
            detail:
                "column \(ErrorText.quoted(name)) is of an Arrow type that is not known here. Leave it out, or send "
                + "CSV.")
    }
}
