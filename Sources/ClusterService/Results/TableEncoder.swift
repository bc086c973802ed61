import PointFormats

/// Rows on their way out: what identifies them, their coordinates, and what a model says of them, whichever there are.
struct TableBlock {
    let count: Int
    var identifiers: RowIdentifiers?
    /// `count` rows of coordinates; empty when there are none.
    var values: ArraySlice<Float> = []
    /// The same in double precision, in place of `values`.
    var wideValues: ArraySlice<Double> = []
    /// One for each row; empty when there are none.
    var labels: ArraySlice<Int32> = []
    var distances: ArraySlice<Float> = []
    var confidence: ArraySlice<Float> = []
}

/// Writes rows as lines of text, CSV with a header or NDJSON with an object a line, or as an Arrow stream.
struct TableEncoder: Sendable {
    /// The formats that have a line for each row, or a record batch for each block of them.
    enum Lines: Sendable {
        case csv
        case ndjson
        case arrow
    }

    /// The names of what a model says of a row.
    private static let assignmentColumns = ["cluster", "distance", "confidence"]

    private let lines: Lines
    let hasIdentifiers: Bool
    let hasAssignments: Bool
    let dimension: Int
    /// The type of the coordinates.
    let type: NumberType
    /// The names of all cells of a line.
    let names: [String]
    /// For NDJSON what stands in front of each value, such as `,"x":`.
    private let keys: [[UInt8]]

    /// - Parameters:
    ///   - identifier: the name of the column that identifies the rows; nil when none does.
    ///   - columns: the names of the coordinates.
    ///   - hasAssignments: whether label, distance and confidence follow; their names get an underscore where the
    ///     points have such a column already.
    init(
        _ lines: Lines, identifier: String?, columns: [String], hasAssignments: Bool, type: NumberType = .float32
    ) {
        self.lines = lines
        self.type = type
        hasIdentifiers = identifier != nil
        self.hasAssignments = hasAssignments
        dimension = columns.count
        var names = (identifier.map { [$0] } ?? []) + columns
        if hasAssignments {
            for var name in Self.assignmentColumns {
                while names.contains(name) { name += "_" }
                names.append(name)
            }
        }
        self.names = names
        keys = names.enumerated().map { index, name in
            var writer = ByteWriter()
            writer.append(index == 0 ? "{" : ",")
            writer.append(jsonString: name)
            writer.append(":")
            return writer.bytes
        }
    }

    /// How many rows a block of stored ones has: a record batch has more, so that its metadata is little beside them.
    var blockRows: Int {
        lines == .arrow ? max(1, 262_144 / max(dimension, 4)) : StoredTable.blockRows(dimension: dimension)
    }

    /// What stands in front of the first row.
    var header: [UInt8] {
        var writer = ByteWriter()
        switch lines {
        case .csv: writer.append(csvHeader: names)
        case .ndjson: break
        case .arrow: writer.append(arrowSchema: arrowColumns)
        }
        return writer.bytes
    }

    /// What stands behind the last row.
    var trailer: [UInt8] {
        var writer = ByteWriter()
        if lines == .arrow { writer.appendArrowEnd() }
        return writer.bytes
    }

    /// Writes a block.
    func append(_ block: TableBlock, to writer: inout ByteWriter) {
        if lines == .arrow { return writer.append(arrowRows: block.count, arrowColumns(of: block)) }
        var identifiers = block.identifiers?.makeIterator()
        block.values.withUnsafeBufferPointer { values in
            for row in 0..<block.count {
                var cell = 0
                if hasIdentifiers {
                    append(identifiers?.next() ?? "", at: &cell, to: &writer)
                }
                if !values.isEmpty {
                    for value in values[row * dimension..<(row + 1) * dimension] {
                        begin(&cell, &writer)
                        writer.append(float: value)
                    }
                }
                if !block.wideValues.isEmpty {
                    let start = block.wideValues.startIndex + row * dimension
                    for value in block.wideValues[start..<start + dimension] {
                        begin(&cell, &writer)
                        writer.append(double: value)
                    }
                }
                if !block.labels.isEmpty { appendAssignment(row, of: block, at: &cell, to: &writer) }
                writer.append(lines == .csv ? "\n" : "}\n")
            }
        }
    }

    private func append(_ text: String, at cell: inout Int, to writer: inout ByteWriter) {
        begin(&cell, &writer)
        if lines == .csv { writer.append(csvField: text) } else { writer.append(jsonString: text) }
    }

    private func appendAssignment(_ row: Int, of block: TableBlock, at cell: inout Int, to writer: inout ByteWriter) {
        begin(&cell, &writer)
        writer.append(int: block.labels[block.labels.startIndex + row])
        begin(&cell, &writer)
        writer.append(float: block.distances[block.distances.startIndex + row])
        begin(&cell, &writer)
        writer.append(float: block.confidence[block.confidence.startIndex + row])
    }

    @inline(__always)
    private func begin(_ cell: inout Int, _ writer: inout ByteWriter) {
        if lines == .ndjson {
            writer.bytes.append(contentsOf: keys[cell])
        } else if cell > 0 {
            writer.append(byte: UInt8(ascii: ","))
        }
        cell += 1
    }
}
