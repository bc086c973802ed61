/// Centroids, mixing weights and covariances in frame coordinates: what refinement iterates on.
struct Mixture: Sendable {
    /// K×d.
    var centroids: Matrix
    /// Positive, summing to 1.
    var weights: [Double]
    var covariances: Covariances
    /// Whether mixing weights stay equal, which saves K − 1 parameters.
    var isBalanced = false

    var clusterCount: Int { weights.count }

    /// Attention scores, and what a point's log-likelihood in the frame has beside them.
    struct Scoring: Sendable {
        let scores: TileScores
        /// −(d/2)·log 2π, and what all biases are relative to.
        let logNormalizer: Double
    }

    var scores: TileScores { scoring().scores }

    /// - Parameter noise: variances by which each coordinate of a point is uncertain; the expected score over that
    ///   uncertainty is lower by ½ tr(noise·A_k).
    func scoring(noise: [Double] = []) -> Scoring {
        let d = Double(centroids.columns)
        let constant = -0.5 * d * logarithm(2 * Double.pi)
        let single = centroids.values.map(Float.init)
        switch covariances {
        case .spherical(let variance):
            return Scoring(
                scores: .attention(
                    .spherical(centroids: single), biases: weights.relativeLogarithms, half: Float(0.5 / variance)),
                logNormalizer: logarithm(weights.max() ?? 1) + constant - 0.5 * d * logarithm(variance)
                    - 0.5 * noise.reduce(0, +) / variance)
        case .diagonal(let variances):
            let offsets = (0..<clusterCount).map { k in
                let row = variances.row(k)
                let uncertain = zip(noise, row).reduce(0) { $0 + $1.0 / $1.1 }
                return logarithm(weights[k]) - 0.5 * (row.reduce(0) { $0 + logarithm($1) } + uncertain)
            }
            return Scoring(
                .diagonal(centroids: single, precisions: variances.values.map { Float(1 / $0) }), offsets, constant)
        case .tied(let covariance):
            let parts = PrecisionFactor(covariance: covariance)
            let whitened = centroids.times(parts.factor.transposed)
            return Scoring(
                scores: .attention(
                    .tied(factor: parts.factor.floats, whitenedCentroids: whitened.floats),
                    biases: weights.relativeLogarithms, half: 0.5),
                logNormalizer: logarithm(weights.max() ?? 1) + constant + parts.halfLogDeterminant
                    - 0.5 * parts.trace(against: noise))
        case .full(let matrices):
            let parts = matrices.map(PrecisionFactor.init(covariance:))
            let offsets = zip(weights, parts).map { weight, part in
                logarithm(weight) + part.halfLogDeterminant - 0.5 * part.trace(against: noise)
            }
            return Scoring(
                .full(centroids: single, factors: parts.flatMap { $0.factor.floats }), offsets, constant)
        }
    }

    /// Free parameters: centroids, mixing weights, covariances.
    ///
    /// - Parameter d: the number of coordinates that vary.
    func parameterCount(dimension d: Int) -> Int {
        clusterCount * d + (isBalanced ? 0 : clusterCount - 1)
            + Covariances.parameterCount(covariances.kind, clusters: clusterCount, dimension: d)
    }

    /// The Bayesian information criterion, −2·log-likelihood + parameters·log n: smaller is better.
    ///
    /// - Parameters:
    ///   - logLikelihood: of `rows`, in units of their weights.
    ///   - moments: say which coordinates vary; the others have no parameters.
    func criterion(logLikelihood: Double, of rows: FramedRows, moments: Moments) -> Double {
        let varying = moments.variances.count { $0 > 0 }
        return -2 * rows.pointsPerUnit * logLikelihood
            + Double(parameterCount(dimension: varying)) * logarithm(rows.pointsPerUnit * rows.totalWeight)
    }

    /// The same mixture with clusters in another order.
    func ordered(_ order: [Int]) -> Mixture {
        Mixture(
            centroids: Matrix(rowVectors: order.map(centroids.row)), weights: order.map { weights[$0] },
            covariances: covariances.ordered(order), isBalanced: isBalanced)
    }
}

extension Mixture.Scoring {
    /// Scores whose biases are `offsets`, taken relative to the largest.
    fileprivate init(_ metric: TileMetric, _ offsets: [Double], _ constant: Double) {
        let largest = offsets.max() ?? 0
        self.init(
            scores: .attention(metric, biases: offsets.map { Float($0 - largest) }, half: 0.5),
            logNormalizer: largest + constant)
    }
}

extension Matrix {
    var floats: [Float] { values.map(Float.init) }
}

extension [Double] {
    /// Scores' biases log(w/largest w).
    ///
    /// Relative, so that equal weights leave the least distances to decide, which an added constant would round away.
    var relativeLogarithms: [Float] {
        let largest = self.max() ?? 1
        return map { Float(logarithm($0 / largest)) }
    }
}
