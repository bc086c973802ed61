@testable import AttentionClustering

/// Gaussian mixture EM as it stands in textbooks, one point after the other in double precision.
struct ReferenceMixture {
    var weights: [Double]
    var centroids: [[Double]]
    var covariances: [Matrix]
    let kind: CovarianceKind
    let prior: CovariancePrior

    init(_ mixture: Mixture, prior: CovariancePrior) {
        weights = mixture.weights
        centroids = mixture.centroids.rowVectors
        covariances = (0..<mixture.clusterCount).map(mixture.covariance)
        kind = mixture.covariances.kind
        self.prior = prior
    }

    /// The mixture after one iteration, and the log-likelihood before it.
    func iterate(_ rows: [[Float]]) -> (ReferenceMixture, logLikelihood: Double) {
        let (n, d) = (Double(rows.count), centroids[0].count)
        var logLikelihood = 0.0
        var responsibilities: [[Double]] = []
        let inverses = covariances.map(inverse)
        for row in rows {
            let scores = centroids.indices.map { k in
                let e = zip(row, centroids[k]).map { Double($0) - $1 }
                var square = 0.0
                var uncertain = 0.0
                for i in 0..<d {
                    for j in 0..<d { square += e[i] * inverses[k].matrix[i, j] * e[j] }
                    uncertain += kind == .spherical ? 0 : prior.noise[i] * inverses[k].matrix[i, i]
                }
                return logarithm(weights[k]) - 0.5 * (square + uncertain + inverses[k].logDeterminant)
                    - 0.5 * Double(d) * logarithm(2 * Double.pi)
            }
            let top = scores.max() ?? 0
            let total = scores.reduce(0) { $0 + exponential($1 - top) }
            logLikelihood += top + logarithm(total)
            responsibilities.append(scores.map { exponential($0 - top) / total })
        }
        var next = self
        let counts = weights.indices.map { k in responsibilities.reduce(0) { $0 + $1[k] } }
        next.weights = counts.map { $0 / n }
        var scatters: [Matrix] = []
        for k in weights.indices {
            next.centroids[k] = (0..<d).map { j in
                zip(rows, responsibilities).reduce(0) { $0 + $1.1[k] * Double($1.0[j]) } / counts[k]
            }
            var scatter = Matrix(rows: d, columns: d)
            for (row, r) in zip(rows, responsibilities) {
                scatter.addOuterProduct(zip(row, next.centroids[k]).map { Double($0) - $1 }, times: r[k] / counts[k])
            }
            scatters.append(scatter)
        }
        var pooled = Matrix(rows: d, columns: d)
        for k in weights.indices { pooled.add(scatters[k], times: next.weights[k]) }
        for k in weights.indices {
            switch kind {
            case .spherical:
                next.covariances[k] = .diagonal([Double](repeating: pooled.trace / Double(d), count: d))
            case .diagonal:
                next.covariances[k] = .diagonal(
                    (0..<d).map { j in
                        let sum = counts[k] * (scatters[k][j, j] + prior.noise[j])
                        return (sum + prior.strength * prior.targetVariances[j]) / (counts[k] + prior.strength)
                    })
            case .tied, .full:
                var own = kind == .tied ? pooled : scatters[k]
                for j in 0..<d { own[j, j] += prior.noise[j] }
                own = own.scaled(by: counts[k] / (counts[k] + prior.strength))
                if let target = prior.target { own.add(target, times: prior.strength / (counts[k] + prior.strength)) }
                next.covariances[k] = own
            }
        }
        return (next, logLikelihood)
    }

    /// The inverse and log det by Gauss-Jordan elimination, without pivoting: covariances are positive definite.
    private func inverse(_ matrix: Matrix) -> (matrix: Matrix, logDeterminant: Double) {
        let n = matrix.rows
        var (a, b) = (matrix, Matrix.identity(n))
        var logDeterminant = 0.0
        for i in 0..<n {
            let pivot = a[i, i]
            logDeterminant += logarithm(pivot)
            for c in 0..<n {
                a[i, c] /= pivot
                b[i, c] /= pivot
            }
            for r in 0..<n where r != i {
                let factor = a[r, i]
                for c in 0..<n {
                    a[r, c] -= factor * a[i, c]
                    b[r, c] -= factor * b[i, c]
                }
            }
        }
        return (b, logDeterminant)
    }
}
