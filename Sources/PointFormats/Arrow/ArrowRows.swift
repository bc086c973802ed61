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
    /// The texts that views name, of the column of identifiers.
    private var viewedTexts: ArrowViewedTexts

    init(_ body: ArrowBody, _ schema: ArrowSchema, _ type: NumberType) throws(FormatError) {
        count = body.batch.rows
        sections = body.sections
        viewedTexts = ArrowViewedTexts(Self.viewed(body.sections))
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
        case .text(.offsets(let size)):
            let section = try Self.section(index, .offsets, sections)
            let raw = try bytes(section, rows.lowerBound * size..<(rows.upperBound + 1) * size, reader.scratch)
            let scalar = NumpyScalar(.signed, size: size)
            let bounds = raw.withUnsafeBytes { raw in (0...rows.count).map { scalar.integer(raw, $0) } }
            try readTexts(index, bounds, &reader)
        case .text(.views): try readViews(index, &reader)
        case .entries(let number, let scalar, _):
            let section = try Self.section(index, .cells, sections)
            let raw = try bytes(section, rows.lowerBound * scalar.size..<rows.upperBound * scalar.size, reader.scratch)
            let places = raw.withUnsafeBytes { raw in rows.indices.map { scalar.place(raw, $0 - rows.lowerBound) } }
            guard let dictionary = reader.dictionaries[number] else {
                throw ArrowDictionary.comesLate(reader.schema.columns[index].name)
            }
            identifiers = try places.map { place throws(FormatError) in
                guard let text = dictionary.text(place) else {
                    throw ArrowBatch.error("names an entry that its dictionary does not have")
                }
                return text
            }
        case .bits, .lists, .other: break
        }
    }

    /// Reads the texts between `bounds`.
    private mutating func readTexts(_ index: Int, _ bounds: [Int], _ reader: inout ArrowRowReader) throws {
        let section = try Self.section(index, .text, sections)
        let (start, end) = (bounds[0], bounds[bounds.count - 1])
        guard start >= 0, end <= section.count, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw ArrowBatch.error("has texts outside their buffer")
        }
        let lengths = zip(bounds, bounds.dropFirst()).map { $1 - $0 }
        try checkLengths(lengths, index, &reader)
        let texts = try bytes(section, start..<end, reader.scratch)
        identifiers = zip(bounds, lengths).map { Array(texts[$0 - start..<$0 - start + $1]) }
        checkTexts(index, &reader)
    }

    /// Reads the texts of views.
    private mutating func readViews(_ index: Int, _ reader: inout ArrowRowReader) throws {
        let rows = stored.stretch
        let section = try Self.section(index, .cells, sections)
        let cells = try bytes(
            section, rows.lowerBound * ArrowView.size..<rows.upperBound * ArrowView.size, reader.scratch)
        let views = cells.withUnsafeBytes { cells in rows.indices.map { ArrowView(cells, $0 - rows.lowerBound) } }
        guard views.allSatisfy({ $0.length >= 0 }) else { throw ArrowBatch.error("has a text of a negative length") }
        try checkLengths(views.map(\.length), index, &reader)
        identifiers = try cells.withUnsafeBytes { cells in
            try views.map { try viewedTexts.text($0, cells, reader.scratch) }
        }
        checkTexts(index, &reader)
    }

    /// Throws where a text of the stretch is too long for an identifier.
    private func checkLengths(_ lengths: [Int], _ index: Int, _ reader: inout ArrowRowReader) throws {
        for (row, length) in zip(stored.stretch, lengths) where length > RowIdentifiers.longest {
            reader.note(
                "the id is longer than \(RowIdentifiers.longest) bytes", row: row, reader.schema.columns[index],
                fix: "Shorten it, or choose another id_column.")
        }
        try reader.problems.checkAtEnd()
    }

    /// Notes where a text of the stretch is no text.
    private func checkTexts(_ index: Int, _ reader: inout ArrowRowReader) {
        for (row, text) in zip(stored.stretch, identifiers) where String(validating: text, as: UTF8.self) == nil {
            reader.note(
                "the id \(ErrorText.quoted(text)) is not valid UTF-8", row: row, reader.schema.columns[index],
                fix: "Mend it, or choose another id_column.")
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

    /// The buffers that hold what views name, in order.
    private static func viewed(_ sections: [ArrowBody.Section]) -> [ArrowBody.Section] {
        let numbered = sections.compactMap { section -> (number: Int, section: ArrowBody.Section)? in
            guard case .viewed(let number) = section.purpose else { return nil }
            return (number, section)
        }
        return numbered.sorted { $0.number < $1.number }.map(\.section)
    }

    private func bytes(_ section: ArrowBody.Section, _ range: Range<Int>, _ scratch: ScratchBuffer) throws -> [UInt8] {
        guard range.upperBound <= section.count else { throw Self.tooShort }
        return try scratch.bytes(section.start + range.lowerBound..<section.start + range.upperBound)
    }

    private static let tooShort = ArrowBatch.error("lacks a buffer, or has one that is too short")
}
