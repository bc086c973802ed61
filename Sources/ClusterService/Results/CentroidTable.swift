import PointFormats

/// The centroids of a result by themselves.
struct CentroidTable: Sendable {
    private static let flushSize = 64 * 1024

    let summary: ResultSummary

    /// Writes the centroids in one of the formats, row after row.
    func write(_ format: ResultFormat, to output: ByteOutput) async throws {
        switch format {
        case .json: try await writeJSON(to: output)
        case .csv: try await writeCSV(to: output)
        case .ndjson: try await writeLines(to: output)
        case .npy: try await writeNumpy(to: output)
        case .arrow: try await writeArrow(to: output)
        }
    }

    /// The names of the columns: the cluster's number, its coordinates, its size and its weight.
    ///
    /// Those that a coordinate has already get an underscore.
    private var names: [String] {
        func free(_ name: String) -> String { summary.columns.contains(name) ? free(name + "_") : name }
        return [free("cluster")] + summary.columns + [free("size"), free("weight")]
    }

    /// One JSON object.
    private func writeJSON(to output: ByteOutput) async throws {
        var writer = ByteWriter()
        writer.append("{\"k\":")
        writer.append(int: summary.k)
        writer.append(",\"d\":")
        writer.append(int: summary.d)
        writer.append(",\"columns\":")
        writer.append(jsonArray: summary.columns)
        writer.append(",\"centroids\":[")
        try await append(rows: summary.centroids, to: &writer, output)
        writer.append("],\"sizes\":")
        writer.append(jsonArray: summary.sizes)
        writer.append(",\"weights\":")
        writer.append(jsonArray: summary.weights)
        writer.append(",\"heads\":[")
        try await append(rows: summary.heads, to: &writer, output)
        writer.append("]}\n")
        try await output(writer.bytes)
    }

    private func append(rows: [[Double]], to writer: inout ByteWriter, _ output: ByteOutput) async throws {
        for (index, row) in rows.enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(jsonArray: row)
            try await flush(&writer, output)
        }
    }

    /// One line a cluster.
    private func writeCSV(to output: ByteOutput) async throws {
        var writer = ByteWriter()
        writer.append(csvHeader: names)
        for (cluster, centroid) in summary.centroids.enumerated() {
            writer.append(int: cluster)
            for value in centroid {
                writer.append(",")
                writer.append(double: value)
            }
            writer.append(",")
            writer.append(int: summary.sizes[cluster])
            writer.append(",")
            writer.append(double: summary.weights[cluster])
            writer.append("\n")
            try await flush(&writer, output)
        }
        try await output(writer.bytes)
    }

    /// One object a cluster, with the members that are columns of the CSV.
    private func writeLines(to output: ByteOutput) async throws {
        var writer = ByteWriter()
        let names = names
        for (cluster, centroid) in summary.centroids.enumerated() {
            let values =
                [.integer(cluster)] + centroid.map(JSONValue.number)
                + [.integer(summary.sizes[cluster]), .number(summary.weights[cluster])]
            JSONValue.object(zip(names, values).map { JSONValue.Member(name: $0, value: $1) }).write(to: &writer)
            writer.append("\n")
            try await flush(&writer, output)
        }
        try await output(writer.bytes)
    }

    /// The k×d matrix of the coordinates, float32.
    private func writeNumpy(to output: ByteOutput) async throws {
        var writer = ByteWriter()
        writer.append(npyHeader: [summary.k, summary.d])
        for centroid in summary.centroids {
            writer.append(npyValues: centroid.map(Float.init))
            try await flush(&writer, output)
        }
        try await output(writer.bytes)
    }

    /// A row a cluster; coordinates and weights in double precision.
    private func writeArrow(to output: ByteOutput) async throws {
        var types: [ByteWriter.ArrowType] = [.int32]
        types += repeatElement(.float64, count: summary.d)
        types += [.int64, .float64]
        var writer = ByteWriter()
        writer.append(arrowSchema: zip(names, types).map { ($0, $1) })
        let block = StoredTable.blockRows(dimension: summary.d)
        for start in stride(from: 0, to: summary.k, by: block) {
            let clusters = start..<min(start + block, summary.k)
            let coordinates = (0..<summary.d).map { column in
                ByteWriter.ArrowColumn.float64(clusters.map { summary.centroids[$0][column] })
            }
            writer.append(
                arrowRows: clusters.count,
                [.int32(clusters.map(Int32.init))] + coordinates + [
                    .int64(clusters.map { Int64(summary.sizes[$0]) }), .float64(clusters.map { summary.weights[$0] }),
                ])
            try await flush(&writer, output)
        }
        writer.appendArrowEnd()
        try await output(writer.bytes)
    }

    private func flush(_ writer: inout ByteWriter, _ output: ByteOutput) async throws {
        if writer.count >= Self.flushSize { try await output(writer.take()) }
    }
}
