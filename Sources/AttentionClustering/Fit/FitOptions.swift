/// How points are clustered; the defaults need no tuning.
///
/// ```swift
/// var options = FitOptions()
/// options.clusterCount = 3
/// let clustering = try AttentionHeads.fit(points, options: options)
/// ```
public struct FitOptions: Sendable, Equatable, Codable {
    /// How many clusters, `K ≥ 1`: one attention head each.
    ///
    /// Fewer rows than clusters are refused; where fewer of the rows differ, there are as many clusters as distinct
    /// points, and a warning says so.
    public var clusterCount = 2
    /// Whether the points choose the number of clusters instead.
    public var clusterCountSelection = ClusterCountSelection.fixed
    /// Seed of the random starts; the same seed gives the same bytes.
    public var seed: UInt64 = 0
    /// Whether columns are centred and divided by their standard deviation first.
    ///
    /// Distances and inertia are then in standardised units, centroids stay in those of the data. A column that is
    /// constant in training is left out of every distance.
    public var standardize = false
    /// What nearness means.
    public var metric = PointMetric.euclidean
    /// Whether the few points far from all others are set aside while clusters are learned.
    ///
    /// They are labelled in the end like new points; ``Clustering/outliers`` says which they were.
    public var robust = false
    /// What the heads see: lifted points or the points as they are.
    public var preprocessing = Preprocessing.lift
    /// How the heads are trained.
    public var solver = Solver.fixedPoint
    /// The attention of the heads, used by ``Solver/gradient``.
    public var attention = HeadAttention.linear
    /// The scale λ of the heads, used by ``Solver/gradient``.
    public var inverseTemperature = InverseTemperature.automatic
    /// The weight ρ ≥ 0 of the term that makes heads specialise, used by ``Solver/gradient``.
    public var regularization = 0.5
    /// The number of tokens L ≥ 2 that one attention call sees, used by ``Solver/gradient``.
    public var contextLength = 30
    /// The step size η > 0, used by ``Solver/gradient``.
    public var learningRate = 0.1
    /// The most steps of the heads' training.
    public var maximumSteps = 5_000
    /// Training ends when a step moves the heads, all together, by no more than this distance.
    public var tolerance = 1e-6
    /// Where the heads start.
    public var start = Start.sphere
    /// Where the refinement starts.
    public var initialization = Initialization.automatic
    /// Which query-key metric the refinement in data space learns.
    public var refinement = Refinement.automatic
    /// The most iterations of the refinement.
    public var maximumIterations = 300

    /// Creates options with the defaults.
    public init() {}
}

/// What nearness of points means.
public enum PointMetric: String, Sendable, Codable, CaseIterable {
    /// Their distance.
    case euclidean
    /// The angle between them as seen from the origin, as for embeddings.
    ///
    /// Points are scaled to unit length as they are read, and centroids are directions of unit length;
    /// distances are those between points of unit length. Goes with the refinements auto, none and spherical.
    case cosine
}

/// What the heads see.
public enum Preprocessing: String, Sendable, Codable, CaseIterable {
    /// Points centred, whitened, lifted by a constant coordinate and scaled to unit length (K coordinates).
    ///
    /// Needs `K ≤ d + 1` and data of rank at least `K − 1`; otherwise the fit starts from seeds and says so.
    case lift
    /// Points as they are: the setting of arXiv 2505.13112, made for centroids of unit length at right angles.
    case none
}

/// How the heads are trained.
public enum Solver: String, Sendable, Codable, CaseIterable {
    /// U ← polar(E[x (Uᵀx)³]) over orthonormal frames: 10-20 steps and no step size.
    case fixedPoint = "fixed_point"
    /// Projected gradient descent on risk + ρ·regulariser over a product of spheres.
    case gradient
}

/// The attention of the heads in training.
public enum HeadAttention: String, Sendable, Codable, CaseIterable {
    /// Linear attention: the risk and its gradient are exact, over all contexts at once.
    case linear
    /// Softmax attention over a seeded sample of contexts of at most 1,024 tokens: slower, and as precise as the sample.
    case softmax
}

/// The scale λ of the heads.
public enum InverseTemperature: Sendable, Equatable, Codable {
    /// 0.8 times the value that minimises the risk, re-evaluated as the heads train.
    case automatic
    /// A fixed λ > 0.
    case fixed(Double)
}

/// Where the heads start.
public enum Start: Sendable, Equatable, Codable {
    /// Seeded random unit vectors.
    case sphere
    /// Seeded random unit vectors with ⟨μ_k, μ*_j⟩ = 0 and ⟨μ_k, μ_j⟩ = 0 for j ≠ k, given K directions μ*.
    ///
    /// For experiments: whoever knows the directions has no need to cluster. Directions live where the heads live.
    case manifold([[Double]])
}

/// Where the refinement in data space starts.
public enum Initialization: String, Sendable, Codable, CaseIterable {
    /// From trained heads and from seeds, whichever comes to the better objective; ``ClusterModel/start`` says which.
    case automatic = "auto"
    /// From trained heads; from seeds where the data admit no frame of K heads.
    case heads
    /// From the best of several greedy k-means++ starts.
    case seeds
    /// From modes of the points under softmax attention; from seeds where there are fewer than K.
    case modes

    var triesHeads: Bool { self == .automatic || self == .heads }
}

/// Which query-key metric the refinement in data space learns.
public enum Refinement: String, Sendable, Codable, CaseIterable {
    /// Whichever of the others has the smallest Bayesian information criterion, over all starts; with equal mixing
    /// weights where that is smaller still.
    case automatic = "auto"
    /// No refinement: points go to the heads that answer most.
    case none
    /// One scale for all heads: `β·I`.
    case spherical
    /// One scale a coordinate for each head.
    case diagonal
    /// One matrix for all heads; for at most 512 columns.
    case tied
    /// One matrix a head.
    case full
}

extension FitOptions {
    /// Whether a fit looks at how columns vary together.
    var needsCovariance: Bool {
        let isTrivial = clusterCount == 1 && clusterCountSelection == .fixed
        return refinement != .none && refinement != .spherical && refinement != .diagonal && !isTrivial
            || preprocessing == .lift && !isTrivial || refinement == .tied || refinement == .full
    }
}

extension FitOptions {
    /// Decodes options; those that an older encoding lacks keep their defaults.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
            value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(&clusterCount, .clusterCount)
        try read(&clusterCountSelection, .clusterCountSelection)
        try read(&seed, .seed)
        try read(&standardize, .standardize)
        try read(&metric, .metric)
        try read(&robust, .robust)
        try read(&preprocessing, .preprocessing)
        try read(&solver, .solver)
        try read(&attention, .attention)
        try read(&inverseTemperature, .inverseTemperature)
        try read(&regularization, .regularization)
        try read(&contextLength, .contextLength)
        try read(&learningRate, .learningRate)
        try read(&maximumSteps, .maximumSteps)
        try read(&tolerance, .tolerance)
        try read(&start, .start)
        try read(&initialization, .initialization)
        try read(&refinement, .refinement)
        try read(&maximumIterations, .maximumIterations)
    }
}
