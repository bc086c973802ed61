extension QueryKeyMetric {
    /// The metric and mixing weights made ready to score tiles.
    ///
    /// - Parameters:
    ///   - centroids: K×d in frame coordinates.
    ///   - unit: how long a length of 1 in the frame is in the metric's units.
    func scores(centroids: [Float], weights: [Double], unit: Double) -> TileScores {
        let d = centroids.count / max(1, weights.count)
        switch self {
        case .spherical(let precision):
            return .attention(
                .spherical(centroids: centroids), biases: weights.relativeLogarithms,
                half: Float(0.5 * precision * unit * unit))
        case .diagonal(let precisions):
            let offsets = zip(weights, precisions).map { weight, row in
                logarithm(weight) + 0.5 * row.reduce(0) { $0 + logarithm($1) }
            }
            return .attention(
                .diagonal(
                    centroids: centroids, precisions: precisions.flatMap { $0.map { Float($0 * unit * unit) } }),
                biases: Self.relative(offsets), half: 0.5)
        case .tied(let precision):
            let factor = Self.factor(precision).scaled(by: unit)
            let rows = Matrix(rows: weights.count, columns: d, values: centroids.map(Double.init))
            return .attention(
                .tied(factor: factor.floats, whitenedCentroids: rows.times(factor.transposed).floats),
                biases: weights.relativeLogarithms, half: 0.5)
        case .full(let precisions):
            let factors = precisions.map(Self.factor)
            let offsets = zip(weights, factors).map { weight, factor in
                logarithm(weight) + (0..<d).reduce(0.0) { $0 + logarithm(factor[$1, $1]) }
            }
            return .attention(
                .full(centroids: centroids, factors: factors.flatMap { $0.scaled(by: unit).floats }),
                biases: Self.relative(offsets), half: 0.5)
        }
    }

    /// Whether the metric is one of `clusters` clusters in `dimension` coordinates and measures squared distances.
    func isValid(clusters: Int, dimension: Int) -> Bool {
        func positive(_ value: Double) -> Bool { value > 0 && value.isFinite }
        func valid(_ matrix: [[Double]]) -> Bool {
            matrix.count == dimension && matrix.allSatisfy { $0.count == dimension }
                && Matrix(rowVectors: matrix).precisionFactor() != nil
        }
        switch self {
        case .spherical(let precision): return positive(precision)
        case .diagonal(let precisions):
            return precisions.count == clusters
                && precisions.allSatisfy { $0.count == dimension && $0.allSatisfy(positive) }
        case .tied(let precision): return valid(precision)
        case .full(let precisions): return precisions.count == clusters && precisions.allSatisfy(valid)
        }
    }

    /// The metric of covariances in frame coordinates.
    init(_ covariances: Covariances, unit: Double) {
        let share = 1 / (unit * unit)
        switch covariances {
        case .spherical(let variance): self = .spherical(precision: share / variance)
        case .diagonal(let variances):
            self = .diagonal(precisions: variances.rowVectors.map { $0.map { share / $0 } })
        case .tied(let matrix): self = .tied(precision: Self.precision(matrix, share))
        case .full(let matrices): self = .full(precisions: matrices.map { Self.precision($0, share) })
        }
    }

    private static func precision(_ covariance: Matrix, _ share: Double) -> [[Double]] {
        PrecisionFactor(covariance: covariance).precision.scaled(by: share).rowVectors
    }

    /// F with A = FᵀF; the root of the diagonal where rounding left A indefinite.
    private static func factor(_ precision: [[Double]]) -> Matrix {
        let matrix = Matrix(rowVectors: precision)
        return matrix.precisionFactor()
            ?? .diagonal((0..<matrix.rows).map { max(matrix[$0, $0], .leastNormalMagnitude).squareRoot() })
    }

    private static func relative(_ offsets: [Double]) -> [Float] {
        let largest = offsets.max() ?? 0
        return offsets.map { Float($0 - largest) }
    }
}
