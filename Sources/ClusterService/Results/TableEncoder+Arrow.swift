import PointFormats

extension TableEncoder {
    /// The columns of the Arrow stream.
    var arrowColumns: [(name: String, type: ByteWriter.ArrowType)] {
        var types: [ByteWriter.ArrowType] = hasIdentifiers ? [.utf8] : []
        types += repeatElement(.float32, count: dimension)
        if hasAssignments { types += [.int32, .float32, .float32] }
        return zip(names, types).map { ($0, $1) }
    }

    /// The cells of a block, column by column.
    func arrowColumns(of block: TableBlock) -> [ByteWriter.ArrowColumn] {
        var columns: [ByteWriter.ArrowColumn] = []
        if hasIdentifiers { columns.append(.text(block.identifiers ?? RowIdentifiers())) }
        for column in 0..<dimension {
            let cells = stride(from: block.values.startIndex + column, to: block.values.endIndex, by: dimension)
            columns.append(.float32(cells.map { block.values[$0] }))
        }
        guard hasAssignments else { return columns }
        return columns + [
            .int32(Array(block.labels)), .float32(Array(block.distances)), .float32(Array(block.confidence)),
        ]
    }
}
