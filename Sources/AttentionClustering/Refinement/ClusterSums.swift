/// Which second moments a pass adds up beside counts and sums.
enum SecondMoments: Sendable {
    case none
    /// Σ r(x − c)², K×d.
    case diagonal
    /// Σ r(x − c)(x − c)ᵀ, one d×d a cluster.
    case full

    func size(k: Int, d: Int) -> Int {
        switch self {
        case .none: 0
        case .diagonal: k * d
        case .full: k * d * d
        }
    }
}

/// What attention adds up over all rows: Σ r, Σ r·x per cluster, and how well they fit.
struct ClusterSums: Sendable {
    /// K.
    var counts: [Double]
    /// K×d.
    var sums: [Double]
    /// Second moments about the centroids of the pass, upper triangles where they are matrices.
    var squares: [Double]
    /// Σ_i log Σ_k exp(s_ik).
    var logLikelihood = 0.0
    /// Σ_i Σ_k r_ik·‖x_i − c_k‖² of the spherical metric; 0 under others.
    var scatter = 0.0

    init(k: Int, d: Int, moments: SecondMoments = .none) {
        counts = [Double](repeating: 0, count: k)
        sums = [Double](repeating: 0, count: k * d)
        squares = [Double](repeating: 0, count: moments.size(k: k, d: d))
    }

    mutating func add(_ other: ClusterSums) {
        for k in 0..<counts.count { counts[k] += other.counts[k] }
        for i in 0..<sums.count { sums[i] += other.sums[i] }
        for i in 0..<squares.count { squares[i] += other.squares[i] }
        logLikelihood += other.logLikelihood
        scatter += other.scatter
    }
}
