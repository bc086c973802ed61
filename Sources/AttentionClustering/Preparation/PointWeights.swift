/// What each point counts for: a point of weight w is fitted as w equal points.
///
/// Weights are scaled so that the largest is at most 65,536, which keeps single-precision sums finite, and up where
/// all together they are less than the points that count at all, as weights that add up to one are: a mixture
/// regularised by a share of a point would else be all regularisation. Inertia is reported in the units given,
/// log-likelihoods in points: units of ``pointsPerUnit``.
struct PointWeights: Sendable {
    private let values: [Float]
    /// How many of the weights' own units one unit here is.
    let unit: Double

    private static let largest = 65_536.0

    /// - Returns: nil where every point counts for one.
    /// - Throws: ``ClusteringError`` unless there is one finite weight of at least 0 a point, and one above 0.
    init?(_ given: [Double], count: Int) throws(ClusteringError) {
        guard given.count == count else {
            throw Self.invalid(nil, "are \(given.count) for \(count) points; give one weight a point")
        }
        var (total, largest, counting) = (0.0, 0.0, 0)
        for (row, weight) in given.enumerated() {
            guard weight >= 0, weight.isFinite else {
                throw Self.invalid(row, "hold \(weight) for row \(row); give finite weights of at least 0")
            }
            largest = max(largest, weight)
            if weight > 0 { counting += 1 }
        }
        guard largest > 0 else {
            throw Self.invalid(nil, "are all 0, so that no point counts; give a positive weight to some")
        }
        if given.allSatisfy({ $0 == 1 }) { return nil }
        total = given.reduce(0) { $0 + $1 / largest }  // in units of the largest, which cannot overflow
        let scaled = min(Self.largest, max(largest, Double(counting) / total))
        values = given.map { Float($0 / largest * scaled) }
        unit = largest / scaled
    }

    /// How many points one unit stands for in log-likelihoods: the weights given count points, unless all together
    /// they are less than the points that count at all.
    var pointsPerUnit: Double { max(1, unit) }

    private static func invalid(_ row: Int?, _ fix: String) -> ClusteringError {
        ClusteringError(.invalidOption, option: "weights", row: row, detail: "weights \(fix).")
    }

    private init(_ values: [Float], unit: Double) {
        self.values = values
        self.unit = unit
    }

    subscript(row: Int) -> Float { values[row] }

    /// The weights of `rows`.
    func gathered(_ rows: [Int64]) -> PointWeights { PointWeights(rows.map { values[Int($0)] }, unit: unit) }

    /// Σ of the weights of rows; of all where `rows` is nil.
    func total(of rows: [Int64]?) -> Double {
        guard let rows else { return values.reduce(0.0) { $0 + Double($1) } }
        return rows.reduce(0.0) { $0 + Double(values[Int($1)]) }
    }

    /// The rows among `rows` (all where nil) that count; nil for all.
    func positive(_ rows: [Int64]?) -> [Int64]? {
        if rows == nil, values.allSatisfy({ $0 > 0 }) { return nil }
        return (rows ?? values.indices.map(Int64.init)).filter { values[Int($0)] > 0 }
    }
}
