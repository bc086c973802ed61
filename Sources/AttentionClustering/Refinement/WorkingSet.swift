/// The rows that a refinement works on, and their moments: all rows or a sample of them.
struct WorkingSet: Sendable {
    let attention: AttentionPass
    let moments: Moments
    /// Whether there are more rows than these.
    let isSample: Bool

    var rows: FramedRows { attention.rows }
    var count: Int { attention.rows.count }
    var dimension: Int { attention.rows.dimension }

    /// The least and the most rows of a sample, but for many clusters.
    private static let rowRange = 1 << 13...1 << 16
    private static let values = 1 << 20
    private static let rowsPerCluster = 128

    /// All rows of `preparation`.
    init(_ preparation: Preparation, passes: RowPasses) {
        self.init(AttentionPass(rows: preparation.rows, passes: passes), preparation.moments, isSample: false)
    }

    private init(_ attention: AttentionPass, _ moments: Moments, isSample: Bool) {
        self.attention = attention
        self.moments = moments
        self.isSample = isSample
    }

    /// As many rows as it takes to choose among starts and metrics: all where there are no more than that.
    init(sampleOf preparation: Preparation, clusters k: Int, seed: UInt64, passes: RowPasses) throws {
        let d = max(1, preparation.rows.dimension)
        let size = max(
            min(Self.rowRange.upperBound, max(Self.rowRange.lowerBound, Self.values / d)), Self.rowsPerCluster * k)
        guard let choice = RowSample.rows(size, of: preparation.rows.count, seed: seed) else {
            self.init(preparation, passes: passes)
            return
        }
        let rows = try preparation.rows.sampled(choice, passes: passes)
        self.init(
            AttentionPass(rows: rows, passes: passes),
            try Moments(rows, passes: passes, withCovariance: preparation.moments.covariance != nil), isSample: true)
    }

    /// A refinement of these rows with one kind of covariances, whose prior looks at the clusters of `start`.
    func refinement(
        _ kind: CovarianceKind, from start: Mixture, maximumIterations: Int,
        tolerance: Double = MixtureRefinement.defaultTolerance
    ) -> MixtureRefinement {
        let within = moments.within(start.centroids, weights: start.weights)
        return MixtureRefinement(
            attention: attention, moments: moments, kind: kind,
            prior: CovariancePrior(kind, variances: within.variances, within: within.covariance),
            maximumIterations: maximumIterations, tolerance: tolerance)
    }
}
