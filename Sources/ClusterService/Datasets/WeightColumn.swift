import HTTPServer
import PointFormats

/// The column of a point set that says what each point counts for; it is no coordinate.
struct WeightColumn: Sendable {
    let name: String
    let index: Int

    /// Whether figures of the column allow its numbers as weights: none below 0, and one above.
    func isUsable(in description: DatasetDescription) -> Bool {
        let statistics = description.statistics[index]
        return statistics.min >= 0 && statistics.max > 0
    }

    /// Refuses numbers that are no weights.
    ///
    /// - Throws: `Problem` 422 that names the first row with a number below 0, or says that all are 0.
    /// - Complexity: O(N).
    func check(_ rows: StoredRows) throws {
        let values = try values(of: rows)
        if let row = values.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw fault(
                "holds \(values[row]) in row \(row + 1) of the points, counted from 1; weights are finite and at least 0"
            )
        }
        guard values.contains(where: { $0 > 0 }) else {
            throw fault("holds only zeros, so that no point counts; give a positive weight to some")
        }
    }

    /// The weights, one a point.
    ///
    /// - Complexity: O(N), and as many numbers of memory.
    func values(of rows: StoredRows) throws -> [Double] {
        var weights: [Double] = []
        weights.reserveCapacity(rows.count)
        let dimension = max(1, rows.dimension)
        try rows.forEachBlock(
            single: { block, _ in
                for cell in stride(from: index, to: block.count, by: dimension) { weights.append(Double(block[cell])) }
            },
            double: { block, _ in
                for cell in stride(from: index, to: block.count, by: dimension) { weights.append(block[cell]) }
            })
        return weights
    }

    private func fault(_ detail: String) -> Problem {
        ParameterFault.problem([ParameterFault("weight_column", "\"\(name.prefix(64))\" \(detail)")])
    }
}
