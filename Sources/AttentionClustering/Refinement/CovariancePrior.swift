/// What keeps covariances from collapsing: noise that every coordinate has, and a pull towards a common shape.
///
/// Estimates are (n_k(S_k + D) + νT)/(n_k + ν) for the sample covariance S_k of n_k points, diagonal noise D, and ν
/// points' worth of the target T, the covariance within the clusters of the start. They maximise the expected
/// log-likelihood of points known up to noise D, plus the logarithm of an inverse Wishart density
/// −½ν(log det Σ_k + tr(T·Σ_k⁻¹)) each: a regularised EM whose objective never falls.
struct CovariancePrior: Sendable {
    /// D, d positive variances.
    let noise: [Double]
    /// The diagonal of T.
    let targetVariances: [Double]
    /// T, d×d; nil where no covariance is pulled towards a whole matrix.
    let target: Matrix?
    /// ν.
    let strength: Double

    /// The least variance per coordinate, in frame units: scores of points at the frame's limit stay finite with it.
    static let varianceFloor = 0x1p-12
    /// The share of the variance within clusters that counts as noise.
    private static let noiseShare = 1e-3
    /// ν of whole matrices in points per coordinate: singular samples of few points become well-conditioned.
    private static let matrixStrength = 0.2
    /// ν of single variances in points.
    private static let varianceStrength = 0.4

    /// - Parameters:
    ///   - kind: what covariances there are; the spherical and the tied kind are not pulled anywhere.
    ///   - within: the covariance within the clusters of the start, or only its diagonal.
    init(_ kind: CovarianceKind, variances: [Double], within: Matrix? = nil) {
        let d = Double(max(1, variances.count))
        let typical = variances.reduce(0, +) / d
        let noise = variances.map { own in
            max(Self.varianceFloor * d, Self.noiseShare * (own > 0 ? own : typical))
        }
        self.noise = noise
        targetVariances = zip(variances, noise).map { $0 + $1 }
        switch kind {
        case .spherical, .tied: (strength, target) = (0, nil)
        case .diagonal: (strength, target) = (Self.varianceStrength, nil)
        case .full:
            var matrix = within ?? .diagonal(variances)
            for j in 0..<noise.count { matrix[j, j] += noise[j] }
            (strength, target) = (Self.matrixStrength * (d + 1), matrix)
        }
    }

    /// Σ_k of a sample covariance and its number of points.
    func covariance(_ sample: Matrix, count: Double) -> Matrix {
        var result = sample
        // Rounding may leave a variance below zero beside far larger ones.
        for j in 0..<noise.count { result[j, j] = max(0, result[j, j]) + noise[j] }
        guard strength > 0, let target else { return result }
        result = result.scaled(by: count / (count + strength))
        result.add(target, times: strength / (count + strength))
        return result
    }

    /// Variances of a cluster's sample variances and its number of points.
    func variances(_ sample: [Double], count: Double) -> [Double] {
        sample.indices.map { j in
            let own = sample[j] + noise[j]
            return strength > 0 ? (count * own + strength * targetVariances[j]) / (count + strength) : own
        }
    }

    /// The logarithm of the prior density of covariances, up to a constant.
    func logDensity(_ covariances: Covariances) -> Double {
        guard strength > 0 else { return 0 }
        switch covariances {
        case .spherical, .tied: return 0
        case .diagonal(let variances):
            return variances.rowVectors.reduce(0.0) { total, row in
                total - 0.5 * strength * zip(row, targetVariances).reduce(0.0) { $0 + logarithm($1.0) + $1.1 / $1.0 }
            }
        case .full(let matrices):
            return matrices.reduce(0.0) { total, matrix in
                let parts = PrecisionFactor(covariance: matrix)
                let pull = target.map(parts.trace(against:)) ?? parts.trace(against: targetVariances)
                return total - 0.5 * strength * (pull - 2 * parts.halfLogDeterminant)
            }
        }
    }
}
