/// How points are clustered in context.
public struct InContextOptions: Sendable, Equatable, Codable {
    /// Which attention the points see each other with.
    public var attention = InContextAttention.softmax
    /// β of the softmax layers, in one over squared data units (standardised units if standardised).
    ///
    /// Automatic: the middle of the longest plateau of the number of modes.
    public var inverseTemperature = InverseTemperature.automatic
    /// λ of the linear layer; automatic as in ``LinearQuantizer``.
    public var linearInverseTemperature = InverseTemperature.automatic
    /// How many directions the linear layer keeps, `K`; nil for the largest gap of the second moment's spectrum.
    ///
    /// The softmax layers need no number of clusters; with one, they take modes at a temperature that has as many.
    public var clusterCount: Int?
    /// The most softmax layers a token passes.
    public var maximumLayers = 300
    /// Whether columns are centred and divided by their standard deviation first.
    public var standardize = false
    /// What distances are; ``PointMetric/cosine`` sees directions only, and does not go with ``standardize``.
    public var metric = PointMetric.euclidean
    /// Whether a few points far from all others are set aside while modes are looked for; see ``FitOptions/robust``.
    public var robust = false
    /// What happens to the modes in data space: nothing, so that each point goes to the nearest, or a refinement as
    /// after trained heads.
    public var refinement = Refinement.none
    /// Seed of the samples.
    public var seed: UInt64 = 0

    /// Creates options with the defaults.
    public init() {}

    /// Checks every option's range.
    ///
    /// - Throws: ``ClusteringError`` that names the option and the fix.
    public func validate() throws(ClusteringError) {
        func require(_ condition: Bool, _ option: String, _ fix: String) throws(ClusteringError) {
            guard condition else { throw ClusteringError(.invalidOption, option: option, detail: "\(option) \(fix).") }
        }
        try require(maximumLayers >= 1, "maximumLayers", "is \(maximumLayers); give at least 1 layer")
        if let count = clusterCount {
            try require(count >= 1, "clusterCount", "is \(count); give at least 1 cluster, or leave it out")
        }
        for (name, value) in [
            ("inverseTemperature", inverseTemperature), ("linearInverseTemperature", linearInverseTemperature),
        ] {
            guard case .fixed(let number) = value else { continue }
            try require(
                number > 0 && number.isFinite, name,
                "is \(number); give a finite number above 0, or leave it automatic")
        }
    }
}

/// Which attention points see each other with in context, with identity matrices as keys, queries and values.
public enum InContextAttention: String, Sendable, Codable, CaseIterable {
    /// Softmax layers: tokens climb to the modes of the points (mean shift).
    case softmax
    /// One linear layer, which takes points to the span of the centroids, and softmax layers after it.
    ///
    /// Made for the setting of arXiv 2505.13112: centroids of one length at right angles, seen from the origin.
    case linear
}
