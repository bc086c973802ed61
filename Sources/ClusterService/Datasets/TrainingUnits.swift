import AttentionClustering
import PointFormats

/// How points in double precision become the single-precision ones that are trained on, and results go back.
///
/// A column's mean is subtracted in double precision, so that a common offset such as 10⁹ costs no digits of the
/// differences; the rest is rounded once. Where differences are beyond what squares in single precision hold, all are
/// multiplied by one power of two.
struct TrainingUnits: Codable, Sendable, Equatable {
    /// What is subtracted from each column.
    let offsets: [Double]
    /// The power of two that differences are multiplied with, 1 but for extreme magnitudes.
    let factor: Double

    /// Differences up to this power of two, and down to its inverse, are left as they are.
    private static let largestExponent = 60

    /// The units for columns of these figures.
    init(_ columns: [DatasetDescription.Column]) {
        offsets = columns.map(\.mean)
        // Halves, because a difference of two finite numbers may not be one.
        let largest = columns.map { max($0.max / 2 - $0.mean / 2, $0.mean / 2 - $0.min / 2) }.max() ?? 0
        let exponent = largest > 0 ? Int(largest.exponent) + 1 : 0
        factor =
            abs(exponent) <= Self.largestExponent
            ? 1 : Double(sign: .plus, exponent: min(max(-exponent, -1_022), 1_000), significand: 1)
    }

    /// A number of column `column` as it is trained on.
    func inward(_ value: Double, column: Int) -> Float {
        factor == 1 ? Float(value - offsets[column]) : Float(value * factor - offsets[column] * factor)
    }

    /// Rows as they are trained on.
    func inward(_ rows: UnsafeBufferPointer<Double>) -> [Float] {
        let dimension = offsets.count
        return [Float](unsafeUninitializedCapacity: rows.count) { target, count in
            for start in stride(from: 0, to: rows.count, by: dimension) {
                for column in 0..<dimension { target[start + column] = inward(rows[start + column], column: column) }
            }
            count = rows.count
        }
    }

    /// Centroids in the units of the data.
    func outward(_ centroids: [[Double]]) -> [[Double]] {
        centroids.map { zip($0, offsets).map { $1 + $0 / factor } }
    }

    /// What users are told where distances are not in the units of the data.
    var warnings: [String] {
        factor == 1
            ? []
            : [
                "the numbers are beyond the range of single precision: distances, inertia and figures that depend on the "
                    + "scale are in units of \(1 / factor)"
            ]
    }
}

/// The points of a stored set as they are trained on.
struct TrainingPoints {
    let points: Points
    /// Nil when they are those of the set.
    let units: TrainingUnits?
}

extension ColumnSelection {
    /// Chosen columns of single precision are copied in memory up to this many bytes.
    private static let largestCopy = 64 << 20

    /// The points of the columns used, as they are trained on.
    ///
    /// Points in double precision, and a choice of columns that takes much memory, are written into a file without a
    /// name, a block at a time.
    ///
    /// - Parameter spool: makes such a file.
    /// - Complexity: O(1) when all columns of a set in single precision are used, else O(N·d).
    func trainingPoints(of file: DatasetFile, spool: () throws -> SpoolFile) throws -> TrainingPoints {
        guard file.rows.type == .float64 else {
            return TrainingPoints(points: try points(of: file.rows, spool: spool), units: nil)
        }
        let columns = indices ?? Array(0..<file.rows.dimension)
        let units = TrainingUnits(columns.map { file.description.statistics[$0] })
        return TrainingPoints(points: try spooled(columns, of: file.rows, units, to: try spool()), units: units)
    }

    /// The points of the columns used of a set in single precision.
    ///
    /// - Parameter spool: makes a file for a choice that takes much memory.
    /// - Complexity: O(1) when all columns are used, else O(N·d).
    func points(
        of rows: StoredRows, largestCopy: Int = Self.largestCopy, spool: () throws -> SpoolFile
    ) throws -> Points {
        guard let indices else { return try points(of: rows) }
        let length = rows.count * indices.count * NumberType.float32.size
        return length <= largestCopy
            ? try points(of: rows) : try spooled(indices, of: rows, nil, to: try spool())
    }

    /// Writes columns to a file, converted if they are in double precision.
    private func spooled(
        _ columns: [Int], of rows: StoredRows, _ units: TrainingUnits?, to target: SpoolFile
    ) throws -> Points {
        var length = 0
        func write(_ values: [Float]) throws {
            try values.withUnsafeBytes { try target.write($0, at: length) }
            length += values.count * MemoryLayout<Float>.size
        }
        func chosen<Scalar>(_ values: UnsafeBufferPointer<Scalar>) -> [Scalar] {
            var block: [Scalar] = []
            block.reserveCapacity(values.count / rows.dimension * columns.count)
            for start in stride(from: 0, to: values.count, by: rows.dimension) {
                for column in columns { block.append(values[start + column]) }
            }
            return block
        }
        try rows.forEachBlock(
            single: { values, _ in try write(chosen(values)) },
            double: { values, _ in
                try write(chosen(values).withUnsafeBufferPointer { units?.inward($0) ?? $0.map(Float.init) })
            })
        let stored = StoredRows(
            try target.mapped(length), 0..<length, type: .float32, dimension: columns.count)
        guard let points = stored.single else { throw FormatError.noRows }
        return points
    }
}
