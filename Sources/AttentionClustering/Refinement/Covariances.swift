/// The shapes of clusters that a refinement can learn: which covariances, or query-key metrics, they may have.
enum CovarianceKind: String, Sendable, CaseIterable {
    case spherical, diagonal, tied, full
}

/// Covariances of the clusters of a mixture: the inverses of the query-key metrics A_k.
enum Covariances: Sendable {
    /// variance·I for all clusters.
    case spherical(Double)
    /// One variance a cluster and coordinate, K×d.
    case diagonal(Matrix)
    /// One d×d matrix for all clusters.
    case tied(Matrix)
    /// One d×d matrix a cluster.
    case full([Matrix])

    var kind: CovarianceKind {
        switch self {
        case .spherical: .spherical
        case .diagonal: .diagonal
        case .tied: .tied
        case .full: .full
        }
    }

    /// The same covariances for clusters in another order.
    func ordered(_ order: [Int]) -> Covariances {
        switch self {
        case .spherical, .tied: self
        case .diagonal(let variances): .diagonal(Matrix(rowVectors: order.map(variances.row)))
        case .full(let matrices): .full(order.map { matrices[$0] })
        }
    }

    /// Free parameters of `k` clusters in `d` coordinates.
    static func parameterCount(_ kind: CovarianceKind, clusters k: Int, dimension d: Int) -> Int {
        switch kind {
        case .spherical: 1
        case .diagonal: k * d
        case .tied: d * (d + 1) / 2
        case .full: k * d * (d + 1) / 2
        }
    }
}

/// A symmetric positive definite covariance taken apart: Σ⁻¹ = FᵀF with F lower triangular.
struct PrecisionFactor: Sendable {
    let factor: Matrix
    /// ½ log det Σ⁻¹.
    let halfLogDeterminant: Double

    /// A matrix that rounding left indefinite gets just as much added to its diagonal as it needs.
    init(covariance: Matrix) {
        var share = 0.0
        var lower = covariance.choleskyFactor()
        let diagonal = (0..<covariance.rows).map { max(covariance[$0, $0], .leastNormalMagnitude) }
        while lower == nil, share < 1 {
            share = share == 0 ? 0x1p-40 : share * 16
            var lifted = covariance
            for j in 0..<diagonal.count { lifted[j, j] = diagonal[j] * (1 + share) }
            lower = lifted.choleskyFactor()
        }
        let root = lower ?? .diagonal(diagonal.map { $0.squareRoot() })
        factor = root.lowerTriangularInverse()
        halfLogDeterminant = -(0..<root.rows).reduce(0.0) { $0 + logarithm(root[$1, $1]) }
    }

    /// tr(D·Σ⁻¹) for a diagonal D.
    func trace(against diagonal: [Double]) -> Double {
        diagonal.isEmpty
            ? 0
            : (0..<factor.columns).reduce(0.0) { sum, j in
                sum + diagonal[j] * (0..<factor.rows).reduce(0.0) { $0 + factor[$1, j] * factor[$1, j] }
            }
    }

    /// tr(S·Σ⁻¹) for a symmetric S: ‖F·C‖² with S = CCᵀ.
    func trace(against matrix: Matrix) -> Double {
        let product = factor.times(matrix)
        return product.dot(factor)
    }

    /// Σ⁻¹.
    var precision: Matrix { factor.transposedTimes(factor).symmetrized }
}
