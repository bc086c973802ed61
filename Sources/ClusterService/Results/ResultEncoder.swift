import AttentionClustering
import PointFormats

/// Takes the bytes of an answer, piece by piece.
typealias ByteOutput = @Sendable ([UInt8]) async throws -> Void

/// Writes results without ever holding one whole: at most one chunk of points at a time.
struct ResultEncoder: Sendable {
    private static let flushSize = 64 * 1024
    let chunks: AssignmentChunks

    /// The whole result as one JSON object.
    ///
    /// - Parameter identifiers: what identifies the points, which is given as `ids`.
    func writeJSON(
        _ summary: ResultSummary, job: String?, model: String?, identifiers: IdentifierRuns? = nil,
        to output: ByteOutput
    ) async throws {
        var writer = ByteWriter()
        writer.append("{")
        Self.append(summary.leadingMembers, to: &writer)
        writer.append(",")
        try await appendColumns(identifiers, to: &writer, output: output)
        writer.append(",")
        Self.append(summary.trailingMembers(job: job, model: model), to: &writer)
        writer.append("}\n")
        try await output(writer.bytes)
    }

    /// Labels, distances and confidences alone, as one JSON object.
    func writeAssignmentsJSON(
        count: Int, identifiers: IdentifierRuns? = nil, to output: ByteOutput
    ) async throws {
        var writer = ByteWriter()
        writer.append("{\"n\":")
        writer.append(int: count)
        writer.append(",")
        try await appendColumns(identifiers, to: &writer, output: output)
        writer.append("}\n")
        try await output(writer.bytes)
    }

    /// The input's columns, when there are points, and `cluster`, `distance`, `confidence`, in input order.
    func writeCSV(_ points: (names: [String], points: Points)?, to output: ByteOutput) async throws {
        try await writeLines(.csv, points.map { StoredTable(names: $0.names, points: $0.points) }, to: output)
    }

    /// A line a point, in input order: its identifier and its coordinates, as far as `table` has them, then `cluster`,
    /// `distance` and `confidence`.
    ///
    /// - Parameter withCoordinates: whether the coordinates are wanted.
    func writeLines(
        _ lines: TableEncoder.Lines, _ table: StoredTable?, withCoordinates: Bool = true, to output: ByteOutput
    ) async throws {
        let encoder = TableEncoder(
            lines, identifier: table?.identifier, columns: withCoordinates ? table?.names ?? [] : [],
            hasAssignments: true, type: table?.rows.type ?? .float32)
        var identifiers = table?.identifiers?.reader()
        var writer = ByteWriter()
        writer.bytes += encoder.header
        var row = 0
        for index in 0..<chunks.count {
            let chunk = try await chunks.chunk(index)
            for start in stride(from: 0, to: chunk.labels.count, by: encoder.blockRows) {
                let range = start..<min(start + encoder.blockRows, chunk.labels.count)
                var block =
                    table?.block(row..<row + range.count, withCoordinates: withCoordinates)
                    ?? TableBlock(count: range.count)
                block.identifiers = identifiers?.next(range.count)
                block.labels = chunk.labels[range]
                block.distances = chunk.distances[range]
                block.confidence = chunk.confidence[range]
                encoder.append(block, to: &writer)
                row += range.count
                try await Self.flush(&writer, to: output)
            }
        }
        writer.bytes += encoder.trailer
        try await output(writer.bytes)
    }

    /// What is said of the points, without the points.
    ///
    /// - Parameter table: what identifies them, if anything does.
    func writeAssignments(
        _ format: ResultFormat, count: Int, _ table: StoredTable?, to output: ByteOutput
    ) async throws {
        switch format {
        case .json: try await writeAssignmentsJSON(count: count, identifiers: table?.identifiers?.runs, to: output)
        case .csv: try await writeLines(.csv, table, withCoordinates: false, to: output)
        case .ndjson: try await writeLines(.ndjson, table, withCoordinates: false, to: output)
        case .arrow: try await writeLines(.arrow, table, withCoordinates: false, to: output)
        case .npy: try await writeNumpy(count: count, to: output)
        }
    }

    /// The labels alone: a `.npy` of int32.
    func writeNumpy(count: Int, to output: ByteOutput) async throws {
        var writer = ByteWriter()
        writer.append(npyHeader: [count], type: .int32)
        for index in 0..<chunks.count {
            writer.append(npyValues: try await chunks.chunk(index).labels)
            try await output(writer.take())
        }
    }

    /// The per-point arrays as members of an object, a pass over the chunks each.
    private func appendColumns(
        _ identifiers: IdentifierRuns?, to writer: inout ByteWriter, output: ByteOutput
    ) async throws {
        if let identifiers {
            writer.append("\"ids\":")
            try await writer.appendArray(of: identifiers, to: output)
            writer.append(",")
        }
        writer.append("\"assignments\":")
        try await appendArray(to: &writer, output: output) { chunk, index, writer in
            writer.append(int: Int(chunk.labels[index]))
        }
        writer.append(",\"distances\":")
        try await appendArray(to: &writer, output: output) { chunk, index, writer in
            writer.append(float: chunk.distances[index])
        }
        writer.append(",\"confidence\":")
        try await appendArray(to: &writer, output: output) { chunk, index, writer in
            writer.append(float: chunk.confidence[index])
        }
    }

    private func appendArray(
        to writer: inout ByteWriter, output: ByteOutput,
        element: (AssignmentChunk, Int, inout ByteWriter) -> Void
    ) async throws {
        writer.append("[")
        for number in 0..<chunks.count {
            let chunk = try await chunks.chunk(number)
            for index in chunk.labels.indices {
                if number > 0 || index > 0 { writer.append(",") }
                element(chunk, index, &writer)
                if index % 4096 == 4095 { try await Self.flush(&writer, to: output) }
            }
        }
        writer.append("]")
    }

    private static func append(_ members: [JSONValue.Member], to writer: inout ByteWriter) {
        for (index, member) in members.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonString: member.name)
            writer.append(":")
            member.value.write(to: &writer)
        }
    }

    private static func flush(_ writer: inout ByteWriter, to output: ByteOutput) async throws {
        guard writer.bytes.count >= flushSize else { return }
        try await output(writer.bytes)
        writer.bytes.removeAll(keepingCapacity: true)
    }
}
