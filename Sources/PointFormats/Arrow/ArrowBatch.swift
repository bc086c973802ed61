/// Where the buffers that count lie in the body of a record batch (Message.fbs, RecordBatch).
struct ArrowBatch: Sendable {
    /// What a buffer holds.
    enum Purpose: Sendable, Equatable {
        /// A bit for each of `count` cells, 0 where the cell is null; a row has `width` of them.
        case validity(count: Int, width: Int)
        /// The cells: numbers, bits or lists.
        case cells
        /// The offsets of texts.
        case offsets
        /// The texts between offsets.
        case text
        /// The texts that views name, of the column's buffer `number`.
        case viewed(number: Int)
    }

    /// A buffer that counts.
    struct Buffer: Sendable {
        /// Which of the schema's ``ArrowSchema/columns`` it belongs to.
        let column: Int
        let purpose: Purpose
        /// Where it lies in the body.
        let offset: Int
        let length: Int
        /// How many bytes of it are used once it is unpacked; `nil` when another buffer tells.
        let needed: Int?
    }

    /// How buffers are packed.
    enum Packing: Sendable {
        case none
        case lz4
        case zstd
    }

    let rows: Int
    let packing: Packing
    /// The buffers that count, in the order of the body.
    let buffers: [Buffer]

    /// - Parameters:
    ///   - table: the record batch.
    ///   - bodyLength: how many bytes its body has.
    init(_ table: FlatTable, _ schema: ArrowSchema, bodyLength: Int) throws(FormatError) {
        let rows = Int(try table.number(0, default: 0 as Int64))
        guard (0..<1 << 48).contains(rows) else { throw Self.error("announces \(rows) rows") }
        self.rows = rows
        packing = try Self.packing(table)
        let nodes = try table.vector(1, stride: 16)
        let places = try table.vector(2, stride: 16)
        let views = try table.vector(4, stride: 8)
        var found: [Buffer] = []
        var (node, place, view, next) = (0, 0, 0, 0)
        for (index, field) in schema.fields.enumerated() {
            var viewed = 0
            for _ in 0..<field.layout.views {
                let count = try views.word(view)
                guard (0...places.count).contains(count) else { throw Self.error("has a damaged list of buffers") }
                viewed += count
                view += 1
            }
            if next < schema.columns.count, schema.columns[next].index == index {
                let parts = try Self.parts(schema.columns[next].content, rows, viewed: viewed, nodes, node)
                for (order, part) in parts.enumerated() {
                    guard let part, place + order < places.count else { continue }
                    let (offset, length) = (try places.word(place + order), try places.word(place + order, 1))
                    guard offset >= 0, length >= 0, offset <= bodyLength, length <= bodyLength - offset else {
                        throw Self.error("has a buffer outside its body")
                    }
                    found.append(
                        Buffer(column: next, purpose: part.purpose, offset: offset, length: length, needed: part.needed)
                    )
                }
                next += 1
            }
            node += field.layout.nodes
            place += field.layout.buffers + viewed
        }
        guard node == nodes.count, place == places.count else {
            throw Self.error("does not have the buffers that its schema asks for")
        }
        // Empty buffers lie where the next one starts.
        buffers = found.sorted { ($0.offset, $0.length) < ($1.offset, $1.length) }
        for (first, second) in zip(buffers, buffers.dropFirst()) where first.offset + first.length > second.offset {
            throw Self.error("has buffers that overlap")
        }
    }

    /// What the buffers of a column hold, in order; `nil` for one that is not read.
    ///
    /// - Parameter viewed: how many buffers hold what the column's views name.
    private static func parts(
        _ content: ArrowField.Content, _ rows: Int, viewed: Int, _ nodes: FlatVector, _ node: Int
    ) throws(FormatError) -> [(purpose: Purpose, needed: Int?)?] {
        guard try nodes.word(node) == rows else { throw error("has a column that is not as long as it is itself") }
        func validity(_ node: Int, _ count: Int, _ width: Int) throws(FormatError) -> (purpose: Purpose, needed: Int?)?
        {
            try nodes.word(node, 1) == 0 ? nil : (.validity(count: count, width: width), (count + 7) / 8)
        }
        switch content {
        case .numbers(let scalar), .entries(_, let scalar, _):
            return [try validity(node, rows, 1), (.cells, rows * scalar.size)]
        case .bits: return [try validity(node, rows, 1), (.cells, (rows + 7) / 8)]
        case .text(.offsets(let size)):
            return [try validity(node, rows, 1), (.offsets, (rows + 1) * size), (.text, nil)]
        case .text(.views):
            return [try validity(node, rows, 1), (.cells, rows * ArrowView.size)]
                + (0..<viewed).map { (.viewed(number: $0), nil) }
        case .lists(let width, let scalar):
            let (count, overflows) = rows.multipliedReportingOverflow(by: width * scalar.size)
            guard !overflows else { throw error("announces more numbers than there can be") }
            guard try nodes.word(node + 1) == rows * width else { throw error("has lists that are not full") }
            return [
                try validity(node, rows, 1), try validity(node + 1, rows * width, width), (.cells, count),
            ]
        case .other: return []
        }
    }

    private static func packing(_ table: FlatTable) throws(FormatError) -> Packing {
        guard let compression = try table.table(3) else { return .none }
        switch try compression.number(0, default: 0 as Int8) {
        case 0: return .lz4
        case 1: return .zstd
        case let codec:
            throw FormatError(
                code: .unprocessable,
                detail: "the record batches are packed in a way that is not known here (\(codec)). Write them with "
                    + "compression=None, \"lz4\" or \"zstd\".")
        }
    }

    static func error(_ problem: String) -> FormatError {
        FormatError(code: .malformed, detail: "an Arrow record batch \(problem). Write the file again.")
    }
}
