/// Clustering by attention without any training: keys, queries and values are the points themselves.
///
/// ```swift
/// let clustering = try InContextClustering.fit(points)
/// print(clustering.model.clusterCount, clustering.sizes)
/// ```
///
/// Softmax layers move tokens to the modes of the points, and the number of modes that stays the same over the longest
/// range of temperatures is the number of clusters. A sample of up to 4,096 points are the keys and up to 2,048 of
/// them climb as tokens; the mean of the tokens at a mode becomes its centroid. All points are then queries that
/// attend to the centroids: each goes to the nearest, and centroids become the means of their points, or are refined
/// as ``InContextOptions/refinement`` says. ``ContextQuantizer`` takes all points through attention to the keys instead.
public enum InContextClustering {
    /// Clusters `points` in context.
    ///
    /// The same points, options and seed give the same bytes, whatever the number of threads.
    ///
    /// - Parameters:
    ///   - points: N×d with N ≥ 1, all finite.
    ///   - weights: what each point counts for as a key and in the centroids, N finite numbers of at least 0, not all
    ///     0; nil for one each.
    ///   - options: how to cluster.
    ///   - control: threads, progress, time budget and cancellation.
    /// - Returns: a clustering whose model's options say how many clusters were found.
    /// - Throws: ``ClusteringError`` when options are out of range, there are no points or a value is not finite;
    ///   `CancellationError` when `control` cancels.
    /// - Complexity: O(N·d·K) and what at most 2,048 tokens and 16,384 keys take.
    public static func fit(
        _ points: Points, weights: [Double]? = nil, options: InContextOptions = InContextOptions(),
        control: FitControl = FitControl()
    ) throws -> Clustering {
        let journal = FitJournal(
            control.checkpoints, fingerprint: points.fingerprint(with: options, weights: weights))
        let passes = RowPasses(control: control, journal: journal)
        let weights = try weights.flatMap { try PointWeights($0, count: points.count) }
        return try InContextRun(points, weights: weights, options: options, passes: passes).clustering()
    }

    /// How many modes there are at which temperature.
    ///
    /// - Throws: as ``fit(_:options:control:)``.
    public static func plateau(
        of points: Points, options: InContextOptions = InContextOptions(), control: FitControl = FitControl()
    ) throws -> ModePlateau {
        try InContextRun(points, options: options, passes: RowPasses(control: control)).plateau()
    }
}

/// One in-context clustering.
struct InContextRun {
    let options: InContextOptions
    let passes: RowPasses
    private let preparation: Preparation

    init(_ points: Points, weights: PointWeights? = nil, options: InContextOptions, passes: RowPasses) throws {
        try options.validate()
        var fitOptions = Self.fitOptions(options, clusterCount: 1)
        try fitOptions.validate(count: points.count, dimension: points.dimension)
        self.options = options
        self.passes = passes
        fitOptions.clusterCount = options.refinement == .none ? 1 : 2  // whether there will be a covariance
        preparation = try Preparation(points, weights: weights, options: fitOptions, passes: passes)
    }

    private static func fitOptions(_ options: InContextOptions, clusterCount: Int) -> FitOptions {
        var result = FitOptions()
        result.clusterCount = clusterCount
        result.seed = options.seed
        result.standardize = options.standardize
        result.metric = options.metric
        result.robust = options.robust
        result.refinement = options.refinement
        result.initialization = .modes
        return result
    }

    func plateau() throws -> ModePlateau {
        try ModeTree(try keys(), maximumLayers: options.maximumLayers, seed: options.seed, passes: passes)
            .plateau(unit: preparation.frame.unit)
    }

    func clustering() throws -> Clustering {
        let modes = try modes()
        let centroids = modes.centroids
        passes.meter.at(.refining, 0.3, to: 0.9)
        let fitOptions = Self.fitOptions(options, clusterCount: centroids.rows)
        let refined = try refine(centroids, fitOptions)
        return try Finish(
            preparation: preparation, options: fitOptions, clusterCount: centroids.rows, heads: nil, refined: refined,
            passes: passes, warnings: modes.warnings
        ).clustering()
    }

    private func refine(_ centroids: Matrix, _ fitOptions: FitOptions) throws -> Refined {
        guard options.refinement == .none else {
            return try RefinementRun(
                preparation: preparation, heads: nil, clusterCount: centroids.rows, options: fitOptions,
                passes: passes, given: centroids
            ).refined()
        }
        let attention = AttentionPass(rows: preparation.rows, passes: passes)
        let nearest = try MixtureRefinement(
            attention: attention, moments: preparation.moments, maximumIterations: 1
        ).nearest(centroids)
        return Refined(mixture: nearest, outcome: nil, start: .modes)
    }

    /// The modes that become clusters, all different.
    func modes() throws -> ContextModes {
        passes.meter.at(.training, 0.15, to: 0.3)
        let keys = try keys()
        var inverse: Double?
        if case .fixed(let beta) = options.inverseTemperature {
            let length = keys.length * preparation.frame.unit
            inverse = min(1e12, max(1e-12, beta * length * length))
        }
        let tree = try ModeTree(
            keys, inverseTemperature: inverse, maximumLayers: options.maximumLayers, seed: options.seed, passes: passes)
        if options.attention == .softmax, let count = options.clusterCount {
            if let modes = tree.modes(count: count) { return modes }
            let most = tree.levels.first.map { $0.modes.count } ?? 1
            var modes = tree.modes(count: most) ?? ContextModes(tree: tree, level: .whole(tree), chosen: [0])
            modes.warnings = [
                "The points have at most \(most) modes at the temperatures looked at, and not \(count)."
            ]
            return modes
        }
        guard let run = tree.longestRun() else {
            return ContextModes(
                tree: tree, level: .whole(tree), chosen: [0],
                warnings: [
                    "No number of modes lasts from one temperature to another, so all points are one cluster."
                ])
        }
        let level = tree.levels[(run.lowerBound + run.upperBound - 1) / 2]
        return ContextModes(tree: tree, level: level, chosen: level.kept)
    }

    private func keys() throws -> ContextKeys {
        let search = ModeSearch(rows: preparation.rows, seed: options.seed, passes: passes)
        let keys = try search.keys(count: options.clusterCount ?? 1)
        guard options.attention == .linear else { return keys }
        // The linear layer sees the points themselves, from the origin of their own coordinates.
        let reported = keys.rows.reported
        let rows = reported.exact
        let quantizer = try LinearQuantizer(
            rows: rows, clusterCount: options.clusterCount, inverseTemperature: options.linearInverseTemperature,
            passes: passes)
        let quantized = ContextKeys.coordinates(rows) { $0.times(quantizer.layer) }
        return ContextKeys(keys.rows, coordinates: quantized.scaled(by: 1 / preparation.frame.unit))
    }
}

extension ModeTree.Level {
    /// The level at which all tokens are one mode.
    fileprivate static func whole(_ tree: ModeTree) -> ModeTree.Level {
        ModeTree.Level(
            inverseTemperature: 0, modes: [[Float](repeating: 0, count: tree.keys.dimension)],
            sizes: [tree.tokens.count], basins: [Int](repeating: 0, count: tree.tokens.count))
    }
}
