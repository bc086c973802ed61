import AttentionClustering
import PointFormats

/// Writes stored points, a block of rows at a time.
struct PointEncoder: Sendable {
    let table: StoredTable

    init(_ table: StoredTable) { self.table = table }

    init(names: [String], points: Points) { table = StoredTable(names: names, points: points) }

    /// The points in one of the formats.
    func write(_ format: ResultFormat, to output: ByteOutput) async throws {
        switch format {
        case .json: try await writeJSON(to: output)
        case .csv: try await writeLines(.csv, to: output)
        case .ndjson: try await writeLines(.ndjson, to: output)
        case .arrow: try await writeLines(.arrow, to: output)
        case .npy: try await writeNumpy(0..<numpyLength, to: output)
        }
    }

    /// `{"columns": […], "points": [[…], …]}`, which is also a body that can be sent; with `index` in front of the
    /// points when the rows have identifiers.
    func writeJSON(to output: ByteOutput) async throws {
        var writer = ByteWriter()
        writer.append("{\"columns\":")
        writer.append(jsonArray: table.names)
        if let identifiers = table.identifiers?.runs {
            writer.append(",\"index\":")
            try await writer.appendArray(of: identifiers, to: output)
        }
        writer.append(",\"points\":[")
        try await forEachBlock(of: blockRows) { rows in
            if rows.lowerBound > 0 { writer.append(",") }
            let coordinates = table.block(rows)
            // The brackets of the outer array are written once for all blocks.
            var block = ByteWriter(capacity: 12 * rows.count * table.rows.dimension)
            switch table.rows.type {
            case .float32: block.append(jsonRows: coordinates.values, dimension: table.rows.dimension)
            case .float64: block.append(jsonDoubleRows: coordinates.wideValues, dimension: table.rows.dimension)
            }
            writer.bytes.append(contentsOf: block.bytes.dropFirst().dropLast())
            try await output(writer.take())
        }
        writer.append("]}\n")
        try await output(writer.bytes)
    }

    /// A header and a line a point.
    func writeCSV(to output: ByteOutput) async throws { try await writeLines(.csv, to: output) }

    private func writeLines(_ lines: TableEncoder.Lines, to output: ByteOutput) async throws {
        let encoder = TableEncoder(
            lines, identifier: table.identifier, columns: table.names, hasAssignments: false, type: table.rows.type)
        var writer = ByteWriter()
        writer.bytes += encoder.header
        var identifiers = table.identifiers?.reader()
        try await forEachBlock(of: encoder.blockRows) { rows in
            var block = table.block(rows)
            block.identifiers = identifiers?.next(rows.count)
            encoder.append(block, to: &writer)
            try await output(writer.take())
        }
        try await output(encoder.trailer)
    }

    /// Some bytes of the `.npy`: the matrix of the coordinates in their type; without names and identifiers.
    func writeNumpy(_ range: Range<Int>, to output: ByteOutput) async throws {
        let header = numpyHeader
        if range.lowerBound < header.count {
            try await output(Array(header[range.lowerBound..<min(range.upperBound, header.count)]))
        }
        // The numbers lie in memory as they are written, little-endian.
        var position = max(range.lowerBound - header.count, 0)
        let end = range.upperBound - header.count
        while position < end {
            let next = min(position + 64 * 1024, end)
            try await output(table.rows.bytes(position..<next))
            position = next
            table.rows.release(before: position)
        }
    }

    /// How many bytes the `.npy` has.
    var numpyLength: Int {
        numpyHeader.count + table.rows.byteCount
    }

    /// What stands in front of the numbers of a `.npy`.
    private var numpyHeader: [UInt8] {
        var writer = ByteWriter()
        writer.append(
            npyHeader: [table.rows.count, table.rows.dimension], type: table.rows.type == .float32 ? .float32 : .float64
        )
        return writer.bytes
    }

    private var blockRows: Int { StoredTable.blockRows(dimension: table.rows.dimension) }

    private func forEachBlock(of count: Int, _ body: (Range<Int>) async throws -> Void) async throws {
        for start in stride(from: 0, to: table.rows.count, by: count) {
            try await body(start..<min(start + count, table.rows.count))
        }
    }
}

extension ByteWriter {
    /// Writes an array of identifiers, handing bytes over as they pile up.
    mutating func appendArray(of identifiers: IdentifierRuns, to output: ByteOutput) async throws {
        append("[")
        var reader = identifiers()
        var isFirst = true
        while let run = try await reader.nextRun() {
            for identifier in run {
                if !isFirst { append(",") }
                isFirst = false
                append(jsonString: identifier)
            }
            if count >= 64 * 1024 { try await output(take()) }
        }
        append("]")
    }
}
