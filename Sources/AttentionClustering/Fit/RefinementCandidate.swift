/// A refinement that a fit tried before it chose one.
public struct RefinementCandidate: Sendable, Codable, Equatable {
    /// Where it started.
    public let start: StartKind
    /// Its query-key metric.
    public let refinement: Refinement
    /// Whether its mixing weights were held equal.
    public let equalWeights: Bool
    /// Its Bayesian information criterion on the rows that candidates were compared on, in the units of
    /// ``ClusteringMetrics/bic``; smaller is better.
    public let bic: Double
}
