/// A start of the refinement: the spherical mixture it leads to.
struct RefinementStart: Sendable {
    let kind: StartKind
    let outcome: MixtureRefinement.Outcome
}

/// Makes the starts that options ask for: from trained heads, from seeds, from modes.
struct StartSearch {
    let working: WorkingSet
    let heads: TrainedHeads?
    let clusterCount: Int
    let options: FitOptions
    let passes: RowPasses
    /// Told after each piece of a restart: how much it was in passes over its rows, how many rows those are, and how many
    /// restarts are left.
    var observeRestart: (Double, Int, Int) -> Void = { _, _, _ in }

    private static let restarts = 10
    private static let restartIterations = 30
    /// With few clusters, so many restarts in a row that come to nothing better are the last ones.
    private static let restartPatience = 3
    private static let fewClusters = 8
    /// With so many clusters seeds are improved by swaps.
    private static let manyClusters = 6
    /// The most products of a restart's iterations all together.
    private static let restartCost = 1 << 26
    private static let restartSample = 1 << 13
    private static let restartRowsPerCluster = 32
    /// Dimensions above this shorten the sample.
    private static let wideDimension = 256
    private static let costlyIteration = 1 << 22
    /// Gains are taken to shrink no slower than by this sum of a geometric series.
    private static let patience = 20.0
    /// Starts whose mean log-likelihoods are this close are the same one.
    private static let sameness = 1e-5

    private var k: Int { clusterCount }

    /// The starts, best first.
    func starts(
        observe: (MixtureRefinement.Outcome) -> Void
    ) throws -> (starts: [RefinementStart], warnings: [String]) {
        var found: [RefinementStart] = []
        var warnings: [String] = []
        if let heads, options.initialization == .automatic || options.initialization == .heads {
            let start = try spherical.mixture(ofPartition: heads.scores(frame: working.rows.frame))
            found.append(RefinementStart(kind: .heads, outcome: try spherical.run(from: start, observe: observe)))
        }
        if options.initialization == .modes {
            let search = ModeSearch(rows: working.rows, seed: options.seed, passes: passes)
            if let modes = try search.centroids(count: k) {
                let outcome = try spherical.run(from: try spherical.nearest(modes), observe: observe)
                found.append(RefinementStart(kind: .modes, outcome: outcome))
            } else {
                warnings.append(
                    "Started from k-means++ seeds instead of modes, because the points have fewer than \(k) modes at "
                        + "every temperature.")
            }
        }
        if found.isEmpty || (options.initialization == .automatic && k > 1 && !passes.isFinishing) {
            let rival = isCostly ? found.compactMap(\.outcome.history.last).max() : nil
            guard let seeded = try seeded(rival: rival) else { return (found, warnings) }
            let outcome = try spherical.run(from: seeded, observe: observe)
            let level = outcome.history.last ?? -.infinity
            if found.allSatisfy({ abs(($0.outcome.history.last ?? -.infinity) - level) > Self.sameness }) {
                found.append(RefinementStart(kind: .seeds, outcome: outcome))
            }
        }
        return (found, warnings)
    }

    private var spherical: MixtureRefinement {
        MixtureRefinement(
            attention: working.attention, moments: working.moments, maximumIterations: options.maximumIterations)
    }

    /// Whether iterations take so long that a seeded start has to be better than the heads to be gone on with.
    private var isCostly: Bool { working.count * k * working.dimension > Self.costlyIteration }

    /// The best of several seeded starts, each refined a little on a sample.
    func seeded() throws -> Mixture {
        try seeded(rival: nil) ?? spherical.mixture(of: ClusterSums(k: k, d: working.dimension))
    }

    /// - Parameter rival: the mean log-likelihood that a start has to reach; nil for any.
    /// - Returns: nil when none reaches it.
    private func seeded(rival: Double?) throws -> Mixture? {
        let fewer = max(1, working.dimension / Self.wideDimension)
        let size = max(Self.restartSample / fewer, Self.restartRowsPerCluster * k)
        let sample = try working.rows.sampled(
            RowSample.rows(size, of: working.count, seed: options.seed), passes: passes)
        let refinement = MixtureRefinement(
            attention: AttentionPass(rows: sample, passes: passes),
            moments: try Moments(sample, passes: passes, withCovariance: false),
            maximumIterations: Self.restartIterations, tolerance: 1e-4)
        let cost = max(1, sample.count * k * sample.dimension)
        let attempts =
            options.refinement == .none ? 1 : min(Self.restarts, max(rival == nil ? 2 : 1, Self.restartCost / cost))
        var best: MixtureRefinement.Outcome?
        var vain = 0
        for attempt in 0..<attempts where best == nil || !passes.isFinishing {
            if k <= Self.fewClusters, vain >= Self.restartPatience { break }
            let observe: (Double) -> Void = { observeRestart($0, sample.count, attempts - attempt - 1) }
            var seeds = try SeededStart(rows: sample, count: k, seed: options.seed, attempt: attempt, passes: passes)
            var key = NumberDigest()
            key.add(attempt)
            key.add(sample.count)
            let chosen = try passes.journal.ask(
                .seeds, key: key, passes: passes,
                isUsable: { (seeds: Matrix) in seeds.rows == k && seeds.columns == sample.dimension }
            ) { _, _ in
                let centroids = try seeds.centroids()
                guard k >= Self.manyClusters else { return centroids }
                var search = LocalSearch(rows: sample, centroids: centroids, passes: passes)
                var random = RandomSource(seed: options.seed, stream: 64 + UInt64(attempt))
                return try search.improved(&random, observe: observe)
            }
            let start = try refinement.nearest(chosen)
            if options.refinement == .none { return start }
            let level = best?.history.last ?? -.infinity
            var observed = 0
            let outcome = try refinement.run(
                from: start,
                observe: { outcome in
                    observe(Double(outcome.history.count - observed))
                    observed = outcome.history.count
                },
                isHopeless: { outcome, gain in
                    (outcome.history.last ?? 0) + Self.patience * gain < max(rival ?? -.infinity, level)
                })
            let own = outcome.history.last ?? -.infinity
            vain = own > level + Self.sameness ? 0 : vain + 1
            if best == nil || own > level { best = outcome }
        }
        if let rival, let level = best?.history.last, level < rival { return nil }
        return best?.mixture
    }
}
