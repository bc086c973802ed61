/// The rows of a record batch that is complete, on their way into blocks.
struct ArrowRows: Sendable {
    /// How many rows are turned at once: fewer where each may have a long text that identifies it.
    private static let stretchRows = 1 << 16
    private static let identifiedRows = 1 << 12

    /// How many rows the batch has.
    let count: Int
    private let sections: [ArrowBody.Section]
    /// Which of the schema's columns the stored ones are.
    private let indices: [Int]
    private var stored: StoredColumns
    /// How many rows were handed over.
    private var done = 0
    /// What identifies the rows of the stretch.
    private var identifiers: [[UInt8]] = []

    init(_ body: ArrowBody, _ schema: ArrowSchema, _ type: NumberType) throws(FormatError) {
        count = body.batch.rows
        sections = body.sections
        var indices: [Int] = []
        var columns: [StoredColumns.Column] = []
        for (index, column) in schema.columns.enumerated() where column.slot != ColumnPlan.identifier {
            let (width, scalar): (Int, NumpyScalar)
            switch column.content {
            case .numbers(let type): (width, scalar) = (1, type)
            case .lists(let length, let type): (width, scalar) = (length, type)
            case .bits: (width, scalar) = (1, NumpyScalar(.boolean, size: 1))
            case .text, .entries, .other: continue
            }
            let section = try Self.section(index, .cells, sections)
            guard section.count >= count * width * scalar.size else { throw Self.tooShort }
            indices.append(index)
            columns.append(.init(start: section.start, slot: column.slot, width: width, scalar: scalar))
        }
        self.indices = indices
        stored = StoredColumns(rows: count, dimension: schema.dimension, columns: columns, type: type)
    }

    /// Hands rows over until the block is full.
    ///
    /// - Returns: whether there are no more.
    mutating func emit(into block: inout RowBlock, _ reader: inout ArrowRowReader) throws -> Bool {
        while done < count {
            if block.isFull { return false }
            if done == stored.stretch.upperBound { try readNext(&reader) }
            if identifiers.isEmpty {
                done += stored.append(from: done, to: &block)
            } else {
                let first = stored.stretch.lowerBound
                stored.append(done, identifiedBy: identifiers[done - first], to: &block)
                done += 1
            }
        }
        return true
    }

    /// The identifiers of some more rows, where nothing else of them counts; nil at the end.
    mutating func nextIdentifiers(_ reader: inout ArrowRowReader) throws -> [[UInt8]]? {
        guard done < count else { return nil }
        try readNext(&reader)
        done = stored.stretch.upperBound
        return identifiers
    }

    private mutating func readNext(_ reader: inout ArrowRowReader) throws {
        let identifier = reader.schema.columns.firstIndex { $0.slot == ColumnPlan.identifier }
        let limit = identifier == nil ? Self.stretchRows : Self.identifiedRows
        for fault in try stored.readNext(limit, from: reader.scratch) {
            let isList = stored.columns[fault.column].width > 1
            reader.note(
                fault.detail, row: fault.row, reader.schema.columns[indices[fault.column]],
                element: isList ? fault.element : nil, fix: fault.fix)
        }
        try reader.problems.checkAtEnd()
        if let identifier { try readIdentifiers(identifier, &reader) }
        try reader.problems.checkAtEnd()
    }

    private mutating func readIdentifiers(_ index: Int, _ reader: inout ArrowRowReader) throws {
        let rows = stored.stretch
        switch reader.schema.columns[index].content {
        case .numbers(let scalar):
            let section = try Self.section(index, .cells, sections)
            let raw = try bytes(section, rows.lowerBound * scalar.size..<rows.upperBound * scalar.size, reader.scratch)
            identifiers = raw.withUnsafeBytes { raw in rows.indices.map { scalar.digits(raw, $0 - rows.lowerBound) } }
        case .text(let size):
            let section = try Self.section(index, .offsets, sections)
            let raw = try bytes(section, rows.lowerBound * size..<(rows.upperBound + 1) * size, reader.scratch)
            let scalar = NumpyScalar(.signed, size: size)
            let bounds = raw.withUnsafeBytes { raw in (0...rows.count).map { scalar.integer(raw, $0) } }
            try readTexts(index, bounds, &reader)
        case .entries(let number, let scalar, _):
            let section = try Self.section(index, .cells, sections)
            let raw = try bytes(section, rows.lowerBound * scalar.size..<rows.upperBound * scalar.size, reader.scratch)
            let places = raw.withUnsafeBytes { raw in rows.indices.map { scalar.place(raw, $0 - rows.lowerBound) } }
            identifiers = try places.map { place throws(FormatError) in
                guard let text = reader.dictionaries[number]?.text(place) else {
                    throw ArrowBatch.error("names an entry that its dictionary does not have")
                }
                return text
            }
        case .bits, .lists, .other: break
        }
    }

    /// Reads the texts between `bounds`.
    private mutating func readTexts(_ index: Int, _ bounds: [Int], _ reader: inout ArrowRowReader) throws {
        let column = reader.schema.columns[index]
        let section = try Self.section(index, .text, sections)
        let (start, end) = (bounds[0], bounds[bounds.count - 1])
        guard start >= 0, end <= section.count, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw ArrowBatch.error("has texts outside their buffer")
        }
        for row in stored.stretch.indices {
            let place = row - stored.stretch.lowerBound
            guard bounds[place + 1] - bounds[place] > RowIdentifiers.longest else { continue }
            reader.note(
                "the id is longer than \(RowIdentifiers.longest) bytes", row: row, column,
                fix: "Shorten it, or choose another id_column.")
        }
        try reader.problems.checkAtEnd()
        let texts = try bytes(section, start..<end, reader.scratch)
        identifiers = stored.stretch.indices.map { row in
            let place = row - stored.stretch.lowerBound
            let text = Array(texts[bounds[place] - start..<bounds[place + 1] - start])
            if String(validating: text, as: UTF8.self) == nil {
                reader.note(
                    "the id \(ErrorText.quoted(text)) is not valid UTF-8", row: row, column,
                    fix: "Mend it, or choose another id_column.")
            }
            return text
        }
    }

    private static func section(
        _ column: Int, _ purpose: ArrowBatch.Purpose, _ sections: [ArrowBody.Section]
    ) throws(FormatError) -> ArrowBody.Section {
        guard let section = sections.first(where: { $0.column == column && $0.purpose == purpose }) else {
            throw tooShort
        }
        return section
    }

    private func bytes(_ section: ArrowBody.Section, _ range: Range<Int>, _ scratch: ScratchBuffer) throws -> [UInt8] {
        guard range.upperBound <= section.count else { throw Self.tooShort }
        return try scratch.bytes(section.start + range.lowerBound..<section.start + range.upperBound)
    }

    private static let tooShort = ArrowBatch.error("lacks a buffer, or has one that is too short")
}
