extension ByteWriter {
    /// A type of the columns that an Arrow stream is written in.
    public enum ArrowType: Sendable {
        case float32
        case float64
        case int32
        case int64
        /// Text.
        case utf8

        /// The type as Schema.fbs has it: its number in the union, and its table.
        var description: (kind: Int8, fields: [(index: Int, value: FlatBufferWriter.Value)]) {
            switch self {
            case .float32: (3, [(0, .int16(1))])
            case .float64: (3, [(0, .int16(2))])
            case .int32: (2, [(0, .int32(32)), (1, .int8(1))])
            case .int64: (2, [(0, .int32(64)), (1, .int8(1))])
            case .utf8: (5, [])
            }
        }
    }

    /// A column of a record batch.
    public enum ArrowColumn: Sendable {
        case float32([Float])
        case float64([Double])
        case int32([Int32])
        case int64([Int64])
        /// Text, such as what identifies the rows.
        case text(RowIdentifiers)
    }

    /// The Arrow metadata version that is written: V5.
    private static let arrowVersion = FlatBufferWriter.Value.int16(4)

    /// Writes the first message of an Arrow IPC stream, which names the columns; record batches and
    /// ``appendArrowEnd()`` must follow.
    public mutating func append(arrowSchema columns: [(name: String, type: ArrowType)]) {
        let fields = columns.map { column in
            let (kind, table) = column.type.description
            return FlatBufferWriter.Value.table([
                (0, .text(column.name)), (1, .int8(0)), (2, .int8(kind)), (3, .table(table)), (5, .tables([])),
            ])
        }
        append(
            arrowMessage: [(0, Self.arrowVersion), (1, .int8(1)), (2, .table([(1, .tables(fields))])), (3, .int64(0))])
    }

    /// Writes a record batch of an Arrow IPC stream.
    ///
    /// - Parameters:
    ///   - rows: how many rows it has.
    ///   - columns: as many cells each, in the order and the types of the schema; texts of up to 2 GiB in all.
    public mutating func append(arrowRows rows: Int, _ columns: [ArrowColumn]) {
        var body = ArrowBodyWriter()
        for column in columns { body.append(column, rows: rows) }
        let nodes = columns.flatMap { _ in [rows, 0] }
        let batch: [(index: Int, value: FlatBufferWriter.Value)] = [
            (0, .int64(rows)), (1, .structs(nodes, width: 2)), (2, .structs(body.places, width: 2)),
        ]
        append(
            arrowMessage: [
                (0, Self.arrowVersion), (1, .int8(3)), (2, .table(batch)), (3, .int64(body.bytes.count)),
            ])
        bytes += body.bytes
    }

    /// Ends an Arrow IPC stream.
    public mutating func appendArrowEnd() { bytes += Signature.arrowMessage + [0, 0, 0, 0] }

    private mutating func append(arrowMessage fields: [(index: Int, value: FlatBufferWriter.Value)]) {
        let metadata = FlatBufferWriter(root: fields).bytes
        bytes += Signature.arrowMessage
        append(littleEndian: UInt32(metadata.count))
        bytes += metadata
    }
}

/// The body of a record batch: buffers that start at multiples of 64 bytes.
private struct ArrowBodyWriter {
    var bytes: [UInt8] = []
    /// Offset and length of each buffer, without its padding.
    var places: [Int] = []

    mutating func append(_ column: ByteWriter.ArrowColumn, rows: Int) {
        // No cell is null, which an empty buffer says.
        add([] as [UInt8])
        switch column {
        case .float32(let values): add(values.map { $0.bitPattern.littleEndian })
        case .float64(let values): add(values.map { $0.bitPattern.littleEndian })
        case .int32(let values): add(values.map { $0.littleEndian })
        case .int64(let values): add(values.map { $0.littleEndian })
        case .text(let identifiers):
            var offsets: [Int32] = [0]
            var text: [UInt8] = []
            for identifier in identifiers {
                text += identifier.utf8
                offsets.append(Int32(text.count).littleEndian)
            }
            add(offsets)
            add(text)
        }
    }

    private mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
        let start = bytes.count
        numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
        places += [start, bytes.count - start]
        bytes.append(contentsOf: repeatElement(0, count: (64 - bytes.count % 64) % 64))
    }
}
