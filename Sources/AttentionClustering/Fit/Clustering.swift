/// What a fit gives back.
///
/// Labels, sizes, inertia, distances and confidence are computed from ``model`` by the code behind
/// ``ClusterModel/assign(_:threads:)``, so assigning the training points again gives them again.
public struct Clustering: Sendable {
    /// What it takes to assign new points.
    public let model: ClusterModel
    /// The cluster of each point; cluster 0 is the largest.
    public let assignments: [Int32]
    /// The distance of each point to its cluster's centroid, in data units (standardised units if standardised).
    public let distances: [Float]
    /// The largest responsibility of each point, from 1/K to 1.
    public let confidence: [Float]
    /// The number of points of each cluster.
    public let sizes: [Int]
    /// The objective of the last stage that iterated, one value an iteration.
    ///
    /// The mean negative log-likelihood of a point where there was a refinement (it never rises), else the heads'
    /// objective.
    public let objectiveHistory: [Double]
    /// The objective of the heads' training, one value a step: risk + ρ·regulariser for ``Solver/gradient``, the
    /// regulariser for ``Solver/fixedPoint``; empty when no heads were trained.
    public let headObjectiveHistory: [Double]
    /// Steps of training and iterations of refinement together.
    public let iterations: Int
    /// Why iterating ended.
    public let stopReason: StopReason
    /// How good the clustering is.
    public let metrics: ClusteringMetrics
    /// The rows that were set aside while clusters were learned, rising; see ``FitOptions/robust``.
    public let outliers: [Int]
    /// The refinements that were tried: the chosen one, then the others by rising BIC, collapsed ones last.
    public let candidates: [RefinementCandidate]
    /// Why there are as many clusters; nil unless the points chose their number.
    public let selection: ClusterCountEvidence?
    /// What the caller should know, in sentences; usually empty.
    public let warnings: [String]
}

/// Why a fit ended.
public enum StopReason: String, Sendable, Codable, CaseIterable {
    /// Training and refinement both reached their tolerance.
    case converged
    /// Training or refinement used up its iterations.
    case maximumIterations = "max_iterations"
    /// ``FitControl/decide`` asked for an early end.
    case timeBudget = "time_budget"
}

/// Figures of merit of a clustering, on the points that were not set aside; those that do not apply are nil.
public struct ClusteringMetrics: Sendable, Codable, Equatable {
    /// Σ of squared distances to the own centroid, in squared data units (standardised units if standardised).
    public let inertia: Double
    /// The last value of the objective that was minimised.
    public let objective: Double
    /// The log-likelihood of the points under the refined mixture, in coordinates of the units of ``inertia``; a weight
    /// counts that many points, unless all together are less than the points that count.
    public let logLikelihood: Double?
    /// The Bayesian information criterion, −2·log-likelihood + parameters·log N: smaller is better.
    public let bic: Double?
    /// The silhouette coefficient, from −1 to 1: larger is better.
    public let silhouette: Double?
    /// The number of points whose silhouettes were averaged: fewer than all where there are too many for all pairs.
    public let silhouettePoints: Int?
    /// The Davies-Bouldin index: smaller is better.
    public let daviesBouldin: Double?
    /// The Calinski-Harabasz index: larger is better.
    public let calinskiHarabasz: Double?
}
