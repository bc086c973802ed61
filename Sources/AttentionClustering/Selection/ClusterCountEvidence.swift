/// How the number of clusters is settled.
public enum ClusterCountSelection: Sendable, Equatable, Codable {
    /// By ``FitOptions/clusterCount``.
    case fixed
    /// By the points, between `minimum` and `maximum`; see ``ClusterCountEvidence``.
    case automatic(minimum: Int = 1, maximum: Int = 100)
}

/// Why a number of clusters was chosen.
///
/// Each number is tried on a sample of up to 4,096 points, without columns of which others explain all but a ten-
/// thousandth, with the start and the metric that a fit would choose, and scored by the integrated completed
/// likelihood: BIC plus twice the entropy of the labels, so that clusters have to be told apart and not only to
/// describe the density. Parameters cost (n/(n − K))² times as much as in BIC, which matters for a handful of points.
/// Numbers are tried from the least on, until five in a row have not improved the score and the numbers that two
/// independent signs point at, the spectral gap and the plateau of modes, have been tried; above 20 only numbers
/// within two of a sign are tried, and above two only those that leave three points a cluster, because likelihoods of
/// fewer grow without end. The least score wins, unless a sign is close to it: a number that a sign points at wins
/// when its score is worse by no more than a hundredth of what the best number gains over one cluster. One cluster
/// wins only where BIC or the plateau finds no second one either: entropy alone would also refuse clusters that
/// overlap by half.
public struct ClusterCountEvidence: Sendable, Codable, Equatable {
    /// One number of clusters that was tried.
    public struct Candidate: Sendable, Codable, Equatable {
        /// The number of clusters.
        public let clusterCount: Int
        /// The Bayesian information criterion on the sample, in the units of ``ClusteringMetrics/bic``: smaller is better.
        public let bic: Double
        /// The integrated completed likelihood, on BIC's scale, with what few points a cluster cost: smaller is better.
        public let icl: Double
    }

    /// The number chosen.
    public let clusterCount: Int
    /// What was tried, by rising number.
    public let candidates: [Candidate]
    /// One more than the principal directions before the largest gap in the spectrum; nil in too many dimensions.
    public let spectralCount: Int?
    /// The number of modes that lasts over the longest range of inverse temperatures.
    public let plateauCount: Int?
    /// The largest inverse temperature of that plateau over its smallest.
    public let plateauSpan: Double?
}
