/// Finds the few rows that lie far from all others, which would otherwise claim clusters of their own.
///
/// A row's reach is its distance from the column medians, each column divided by its range from the 5th to the 95th
/// percentile. Rows that reach three times as far as 95 of 100 are set aside, if they are at most one in a hundred.
struct OutlierScreen: Sendable {
    /// The rows set aside, rising.
    let outliers: [Int]
    /// Whether rows lie far out that are too many to be outliers.
    let foundTooMany: Bool

    private static let sampleRows = 1 << 12
    private static let factor = 3.0
    private static let largestShare = 0.01
    private static let tail = 0.05

    init(_ points: Points, seed: UInt64, passes: RowPasses) throws {
        let (n, d) = (points.count, points.dimension)
        let sample = RowSample.rows(Self.sampleRows, of: n, seed: seed) ?? (0..<Int64(n)).map { $0 }
        let (medians, scales) = Self.columns(points, sample)
        @Sendable func reach(_ row: Int, _ values: UnsafeBufferPointer<Float>) -> Double {
            var sum = 0.0
            for j in 0..<d where scales[j] > 0 {
                let step = (Double(values[row * d + j]) - medians[j]) / scales[j]
                sum += step * step
            }
            return sum
        }
        let typical = points.withUnsafeValues { values in sample.map { reach(Int($0), values) }.sorted() }
        let limit = Self.factor * Self.factor * (Self.quantile(typical, 1 - Self.tail) ?? 0)
        let partials = try passes.run(
            RowLayout(rows: n, width: d), abandonable: false, scratch: {}, partial: { [Int]() }
        ) { _, far, rows in
            points.withUnsafeValues { values in
                for row in rows where reach(row, values) > limit { far.append(row) }
            }
        }
        let far = limit > 0 ? (partials ?? []).flatMap(\.self) : []
        foundTooMany = Double(far.count) > Self.largestShare * Double(n)
        outliers = foundTooMany ? [] : far
    }

    /// All other rows, rising; nil for all.
    func kept(of count: Int) -> [Int64]? {
        guard !outliers.isEmpty else { return nil }
        let aside = Set(outliers)
        return (0..<count).filter { !aside.contains($0) }.map(Int64.init)
    }

    /// The median of each column of a sample, and its range without tails; 0 where that range is empty.
    private static func columns(_ points: Points, _ sample: [Int64]) -> (medians: [Double], scales: [Double]) {
        var (medians, scales): ([Double], [Double]) = ([], [])
        points.withUnsafeValues { values in
            for column in 0..<points.dimension {
                let sorted = sample.map { Double(values[Int($0) * points.dimension + column]) }.sorted()
                medians.append(quantile(sorted, 0.5) ?? 0)
                scales.append((quantile(sorted, 1 - tail) ?? 0) - (quantile(sorted, tail) ?? 0))
            }
        }
        return (medians, scales)
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}
