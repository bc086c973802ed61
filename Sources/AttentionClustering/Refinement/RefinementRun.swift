/// The refinement stage of a fit: starts, choice of the metric, and attention of all rows.
///
/// Starts and metrics are compared on a bounded sample of the rows; the winner then attends to all rows until the
/// clusters stand still as far as the sample can tell.
struct RefinementRun {
    let preparation: Preparation
    let heads: TrainedHeads?
    let clusterCount: Int
    let options: FitOptions
    let passes: RowPasses
    /// Centroids to start from, K×d in the frame; nil to look for some.
    var given: Matrix?

    /// Passes over all rows after a sample has settled gain no more than this, per point.
    private static let sampledTolerance = 1e-4
    /// Nor do centroids move further; far below what labels depend on.
    private static let sampledDrift = 2e-3
    /// With up to so many times the sample's rows passes are cheap beside the search, and go on for longer by a factor:
    /// where clusters overlap much, many small steps lead far.
    private static let fewRows = 4
    private static let fewRowsPrecision = 1e-2

    func refined() throws -> Refined {
        passes.meter.at(.refining, 0.3, to: 0.3)
        if options.refinement == .none { return try unrefined() }
        let working = try WorkingSet(
            sampleOf: preparation, clusters: clusterCount, seed: options.seed, passes: passes)
        var search = StartSearch(
            working: working, heads: heads, clusterCount: clusterCount, options: options, passes: passes)
        let choice = MetricChoice(working: working, maximumIterations: options.maximumIterations)
        let kinds =
            options.metric == .cosine
            ? [.spherical] : options.refinement.kind.map { [$0] } ?? choice.kinds(clusters: clusterCount)
        let progress = RefinementProgress(
            starts: heads == nil ? 1 : 2, kinds: kinds, balancedRuns: options.refinement == .automatic ? 1 : 0,
            sampleRows: working.count, dimension: working.dimension,
            sampleShare: ProgressPlan.sampleShare(
                of: preparation.rows.count, sample: working.count, kinds: kinds.count),
            maximumIterations: options.maximumIterations)
        let observe: (MixtureRefinement.Outcome) -> Void = { report($0, progress) }
        search.observeRestart = { done, rows, left in
            guard let share = progress.share(afterRestart: done, on: rows, left: left) else { return }
            passes.meter.at(.refining, 0.3 + 0.6 * share, to: 0.3 + 0.6 * share)
        }
        let (starts, warnings) = try search.starts(from: given, observe: observe)
        var candidates = try choice.candidates(from: starts, kinds: kinds, observe: observe)
        guard var best = candidates.first else { return try unrefined() }
        if options.refinement == .automatic, let balanced = try choice.balanced(best, observe: observe) {
            candidates.insert(balanced, at: 0)
            best = balanced
        }
        if let index = try candidates.firstIndex(where: { try isComplete($0, working) }) {
            best = candidates.remove(at: index)
            candidates.insert(best, at: 0)
        }
        progress.settle()
        let isCheap = preparation.rows.count <= Self.fewRows * working.count
        let outcome =
            working.isSample
            ? try settle(best, precision: isCheap ? Self.fewRowsPrecision : 1, observe: observe) : best.outcome
        return Refined(
            mixture: outcome.mixture, outcome: outcome, start: best.start, candidates: candidates.map(\.summary),
            warnings: warnings)
    }

    /// Whether every cluster has points of its own.
    private func isComplete(_ candidate: MetricChoice.Candidate, _ working: WorkingSet) throws -> Bool {
        try working.attention.hard(candidate.outcome.mixture.scores).counts.allSatisfy { $0 > 0 }
    }

    /// Refines what a sample came to on all rows.
    private func settle(
        _ best: MetricChoice.Candidate, precision: Double, observe: (MixtureRefinement.Outcome) -> Void
    ) throws -> MixtureRefinement.Outcome {
        var refinement = MixtureRefinement(
            attention: AttentionPass(rows: preparation.rows, passes: passes), moments: preparation.moments,
            kind: best.refinement.kind, prior: best.refinement.prior, maximumIterations: options.maximumIterations,
            tolerance: Self.sampledTolerance * precision)
        refinement.driftTolerance = Self.sampledDrift * precision
        return try refinement.run(from: best.outcome.mixture, observe: observe)
    }

    /// The partition of the heads, or of a seeded start where there are none.
    private func unrefined() throws -> Refined {
        let all = WorkingSet(preparation, passes: passes)
        if let heads, options.initialization != .seeds, options.initialization != .modes {
            let refinement = MixtureRefinement(
                attention: all.attention, moments: all.moments, maximumIterations: 1)
            let mixture = try refinement.mixture(ofPartition: heads.scores(frame: preparation.frame))
            return Refined(mixture: mixture, outcome: nil, start: .heads)
        }
        let search = StartSearch(
            working: try WorkingSet(sampleOf: preparation, clusters: clusterCount, seed: options.seed, passes: passes),
            heads: nil, clusterCount: clusterCount, options: options, passes: passes)
        guard options.initialization == .modes else {
            return Refined(mixture: try search.seeded(), outcome: nil, start: .seeds)
        }
        let (starts, warnings) = try search.starts { _ in }
        let start = starts.first
        return Refined(
            mixture: try start?.outcome.mixture ?? search.seeded(), outcome: nil, start: start?.kind ?? .seeds,
            warnings: warnings)
    }

    private func report(_ outcome: MixtureRefinement.Outcome, _ progress: RefinementProgress) {
        let share = progress.share(after: outcome)
        passes.meter.at(
            .refining, 0.3 + 0.6 * share.now, to: 0.3 + 0.6 * share.next, iteration: outcome.history.count,
            objective: outcome.history.last.map { -$0 })
    }
}

/// What refinement hands on.
struct Refined: Sendable {
    var mixture: Mixture
    /// Nil when there was no refinement.
    var outcome: MixtureRefinement.Outcome?
    var start = StartKind.heads
    var candidates: [RefinementCandidate] = []
    var warnings: [String] = []
}

extension Refinement {
    /// The kind of covariances; nil where there is a choice or nothing to learn.
    var kind: CovarianceKind? {
        switch self {
        case .automatic, .none: nil
        case .spherical: .spherical
        case .diagonal: .diagonal
        case .tied: .tied
        case .full: .full
        }
    }
}

extension CovarianceKind {
    /// The refinement that learns this kind.
    var refinement: Refinement {
        switch self {
        case .spherical: .spherical
        case .diagonal: .diagonal
        case .tied: .tied
        case .full: .full
        }
    }
}

extension MetricChoice.Candidate {
    var summary: RefinementCandidate {
        RefinementCandidate(
            start: start, refinement: refinement.kind.refinement, equalWeights: outcome.mixture.isBalanced, bic: bic)
    }
}
