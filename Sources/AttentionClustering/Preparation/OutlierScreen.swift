internal import CKernels

/// Finds the few rows that lie far from all others, which would otherwise claim clusters of their own.
///
/// A row's reach is its distance from the column medians, each column divided by its range from the 5th to the 95th
/// percentile; a column with fewer varying values than that by the median of their deviations. Rows that reach three
/// times as far as 95 of 100 are set aside, if they are at most one in a hundred (up to three of few rows).
struct OutlierScreen: Sendable {
    /// The rows set aside, rising.
    let outliers: [Int]
    /// Whether rows lie far out that are too many to be outliers.
    let foundTooMany: Bool

    private static let sampleRows = 1 << 12
    private static let factor = 3.0
    private static let rowsPerOutlier = 100
    private static let tail = 0.05

    init(_ points: Points, areDirections: Bool = false, seed: UInt64, passes: RowPasses) throws {
        let (n, d) = (points.count, points.dimension)
        let size = min(Self.sampleRows, Points.mostGathered(d))
        let sample =
            try RowSample.rows(size, of: n, seed: seed).map {
                try points.gathered($0, passes: passes)
            } ?? points
        @Sendable func length(_ row: Int, _ values: UnsafeBufferPointer<Float>) -> Double {
            values.baseAddress.map { areDirections ? ac_inverse_length($0 + row * d, Int64(d)) : 1 } ?? 1
        }
        let (medians, scales) = try sample.withUnsafeValues { values in
            let lengths = (0..<sample.count).map { length($0, values) }
            return try Self.columns(d) { column in
                if column % 16 == 15 { _ = try passes.proceed() }
                return lengths.enumerated().map { Double(values[$0 * d + column]) * $1 }
            }
        }
        @Sendable func reach(_ row: Int, _ values: UnsafeBufferPointer<Float>) -> Double {
            var sum = 0.0
            let factor = length(row, values)
            for j in 0..<d where scales[j] > 0 {
                let step = (Double(values[row * d + j]) * factor - medians[j]) / scales[j]
                sum += step * step
            }
            return sum
        }
        let typical = sample.withUnsafeValues { values in (0..<sample.count).map { reach($0, values) }.sorted() }
        let limit = Self.factor * Self.factor * (Self.quantile(typical, 1 - Self.tail) ?? 0)
        let partials = try passes.run(
            RowLayout(rows: n, width: d), abandonable: false, scratch: {}, partial: { [Int]() }
        ) { _, far, rows in
            points.withUnsafeValues { values in
                for row in rows where reach(row, values) > limit { far.append(row) }
            }
        }
        let far = limit > 0 ? (partials ?? []).flatMap(\.self) : []
        foundTooMany = far.count > max(n / Self.rowsPerOutlier, min(3, n / 20))
        outliers = foundTooMany ? [] : far
    }

    /// All other rows, rising; nil for all.
    func kept(of count: Int) -> [Int64]? {
        guard !outliers.isEmpty else { return nil }
        let aside = Set(outliers)
        return (0..<count).filter { !aside.contains($0) }.map(Int64.init)
    }

    /// The median of each column of a sample, and its range without tails; 0 where nothing tells its scale.
    private static func columns(
        _ count: Int, _ values: (Int) throws -> [Double]
    ) rethrows -> (medians: [Double], scales: [Double]) {
        var (medians, scales): ([Double], [Double]) = ([], [])
        var rare: [Int] = []
        for column in 0..<count {
            let sorted = try values(column).sorted()
            let median = quantile(sorted, 0.5) ?? 0
            var scale = (quantile(sorted, 1 - tail) ?? 0) - (quantile(sorted, tail) ?? 0)
            if scale == 0 {
                let deviations = sorted.map { abs($0 - median) }.filter { $0 > 0 }.sorted()
                if deviations.count > sorted.count / rowsPerOutlier { scale = quantile(deviations, 0.5) ?? 0 }
                if scale == 0 { rare.append(column) }
            }
            medians.append(median)
            scales.append(scale)
        }
        // Columns that hardly any row varies in are taken to be in the units of the others.
        let typical = quantile(scales.filter { $0 > 0 }.sorted(), 0.5) ?? 0
        for column in rare { scales[column] = typical }
        return (medians, scales)
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}
