import PointFormats

/// The centroids of a result by themselves.
struct CentroidTable {
    let summary: ResultSummary

    /// The centroids in one of the formats.
    func bytes(_ format: ResultFormat) -> [UInt8] {
        switch format {
        case .json: json
        case .csv: csv
        case .ndjson: ndjson
        case .npy: npy
        }
    }

    /// One JSON object.
    var json: [UInt8] {
        JSONValue.object(
            [.init(name: "k", value: .integer(summary.k)), .init(name: "d", value: .integer(summary.d))]
                + summary.centroidMembers
        ).bytes + [0x0A]
    }

    /// One line a cluster: its number, its coordinates, its size and its weight.
    var csv: [UInt8] {
        var writer = ByteWriter()
        for (index, name) in (["cluster"] + summary.columns + ["size", "weight"]).enumerated() {
            if index > 0 { writer.append(",") }
            writer.append(csvField: name)
        }
        writer.append("\n")
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
        }
        return writer.bytes
    }

    /// One object a cluster, with the members that are columns of the CSV.
    private var ndjson: [UInt8] {
        var writer = ByteWriter()
        for (cluster, centroid) in summary.centroids.enumerated() {
            let members =
                [JSONValue.Member(name: "cluster", value: .integer(cluster))]
                + zip(summary.columns, centroid).map { JSONValue.Member(name: $0, value: .number($1)) }
                + [
                    .init(name: "size", value: .integer(summary.sizes[cluster])),
                    .init(name: "weight", value: .number(summary.weights[cluster])),
                ]
            JSONValue.object(members).write(to: &writer)
            writer.append("\n")
        }
        return writer.bytes
    }

    /// The k×d matrix of the coordinates, float32.
    private var npy: [UInt8] {
        var writer = ByteWriter()
        writer.append(npyHeader: [summary.k, summary.d])
        writer.append(npyValues: summary.centroids.flatMap { $0.map(Float.init) })
        return writer.bytes
    }
}
