@testable import AttentionClustering

/// The paper's setting: two orthonormal centroids, d = 5, σ = 0.3, L = 30, 40,000 points.
enum PaperSetting {
    static let centroids: [[Double]] = {
        var start = HeadStart(dimension: 5, count: 2, seed: 2025)
        return start.frame().transposed.rowVectors
    }()
    static let data = Result { try mixture(centroids, sigma: 0.3, count: 40_000, seed: 1) }
    static let statistics = Result {
        try MomentStatistics(TokenSource(rows: identityRows(data.get().points), lift: nil), passes: RowPasses())
    }
    /// What someone who knows the labels would still miss the centroids by: sqrt(K·dσ²K/N) for K = 2.
    static let floor = 0.0067

    static func objective(
        regularization: Double, _ inverseTemperature: InverseTemperature = .automatic
    ) throws -> HeadObjective {
        HeadObjective(
            statistics: try statistics.get(), contextLength: 30, regularization: regularization,
            inverseTemperature: inverseTemperature)
    }

    static func train(_ objective: HeadObjective, from start: Matrix) throws -> HeadTraining {
        try GradientSolver(objective: objective, learningRate: 0.1, maximumSteps: 5_000, tolerance: 1e-6)
            .train(from: HeadTraining(heads: start))
    }

    static func sphere(seed: UInt64) -> Matrix {
        var start = HeadStart(dimension: 5, count: 2, seed: seed)
        return start.sphere()
    }
}

/// The rows of points in their own coordinates.
func identityRows(_ points: Points) -> FramedRows {
    FramedRows(
        points: points, frame: .identity(dimension: points.dimension), limit: .greatestFiniteMagnitude)
}
