import PointFormats

extension TableEncoder {
    /// The columns of the Arrow stream.
    var arrowColumns: [(name: String, type: ByteWriter.ArrowType)] {
        var types: [ByteWriter.ArrowType] = hasIdentifiers ? [.utf8] : []
        types += repeatElement(type == .float32 ? .float32 : .float64, count: dimension)
        if hasAssignments { types += [.int32, .float32, .float32] }
        return zip(names, types).map { ($0, $1) }
    }

    /// The cells of a block, column by column.
    func arrowColumns(of block: TableBlock) -> [ByteWriter.ArrowColumn] {
        var columns: [ByteWriter.ArrowColumn] = []
        if hasIdentifiers { columns.append(.text(block.identifiers ?? RowIdentifiers())) }
        if type == .float64 {
            for column in 0..<dimension {
                let start = block.wideValues.startIndex + column
                columns.append(
                    .float64((0..<block.count).map { block.wideValues[start + $0 * dimension] }))
            }
        }
        block.values.withUnsafeBufferPointer { values in
            guard type == .float32 else { return }
            for column in 0..<dimension {
                let cells = [Float](unsafeUninitializedCapacity: block.count) { cells, count in
                    for row in 0..<block.count {
                        cells.initializeElement(at: row, to: values[row * dimension + column])
                    }
                    count = block.count
                }
                columns.append(.float32(cells))
            }
        }
        guard hasAssignments else { return columns }
        return columns + [
            .int32(Array(block.labels)), .float32(Array(block.distances)), .float32(Array(block.confidence)),
        ]
    }
}
