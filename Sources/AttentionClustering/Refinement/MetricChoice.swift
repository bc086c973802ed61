/// Chooses the query-key metric, the start and whether mixing weights are equal, by BIC.
///
/// Every start is refined with every kind of covariances whose cost is in bounds; the least
/// −2·log-likelihood + parameters·log n wins. Then the winner is refined once more with equal mixing weights, which
/// stay if that lowers BIC further: where clusters overlap, free weights follow the noise. A refinement that could not
/// win at a hundred times its present pace is given up. Where another candidate is surely better once clusters may have
/// heavy tails (``TailCriterion``), it wins.
struct MetricChoice {
    let working: WorkingSet
    let maximumIterations: Int

    /// The most multiplications of an iteration that an automatic choice tries out.
    private static let costLimit = 1 << 31
    /// Gains are taken to shrink no slower than by this sum of a geometric series.
    private static let patience = 100.0

    /// How many standard errors better a candidate is that wins by its tails.
    private static let certainty = 2.0

    /// Variances below this many times the noise count as collapsed.
    private static let collapse = 5.0

    /// A refinement that was tried.
    struct Candidate: Sendable {
        let start: StartKind
        let refinement: MixtureRefinement
        let outcome: MixtureRefinement.Outcome
        let bic: Double
    }

    /// The kinds that an automatic choice tries for `k` clusters.
    func kinds(clusters k: Int) -> [CovarianceKind] {
        let (n, d) = (working.count, working.dimension)
        guard d > 1, d <= Moments.covarianceLimit else { return [.spherical, .diagonal] }
        var kinds: [CovarianceKind] = [.spherical, .diagonal]
        if n.multipliedReportingOverflow(by: d * (d + k)).partialValue <= Self.costLimit { kinds.append(.tied) }
        if n.multipliedReportingOverflow(by: k * d * d).partialValue <= Self.costLimit { kinds.append(.full) }
        return kinds
    }

    /// All candidates, best first.
    ///
    /// - Parameter starts: spherical mixtures, refined.
    func candidates(
        from starts: [RefinementStart], kinds: [CovarianceKind], observe: (MixtureRefinement.Outcome) -> Void
    ) throws -> [Candidate] {
        var all: [Candidate] = []
        for start in starts {
            for kind in kinds {
                let refinement = working.refinement(
                    kind, from: start.outcome.mixture, maximumIterations: maximumIterations)
                let best = all.map(\.bic).min() ?? .infinity
                let outcome =
                    kind == .spherical
                    ? start.outcome
                    : try refinement.run(
                        from: try refinement.mixture(from: start.outcome.mixture), observe: observe,
                        isHopeless: { isHopeless($0, gain: $1, against: best) })
                all.append(candidate(start.kind, refinement, outcome))
            }
        }
        let order = all.indices.sorted { (rank(all[$0]), all[$0].bic, $0) < (rank(all[$1]), all[$1].bic, $1) }
        guard let first = order.first, let better = try lessTailed(all, than: first) else {
            return order.map { all[$0] }
        }
        // What was given up because of the one that it beats now goes on to its end.
        if !all[better].outcome.converged {
            let (start, refinement) = (all[better].start, all[better].refinement)
            all[better] = candidate(
                start, refinement, try refinement.run(from: all[better].outcome.mixture, observe: observe))
        }
        return ([better] + order.filter { $0 != better }).map { all[$0] }
    }

    /// The candidate with the least BIC when clusters may have heavy tails, if that is another one than `first` and so
    /// much better that it is no chance.
    private func lessTailed(_ all: [Candidate], than first: Int) throws -> Int? {
        // Clusters of one shape have none among them that is wide enough for the tails of others.
        switch all[first].outcome.mixture.covariances {
        case .spherical, .tied: return nil
        case .diagonal, .full: break
        }
        let rivals = all.indices.filter { rank(all[$0]) == rank(all[first]) }
        guard rivals.count > 1 else { return nil }
        let tails = try TailCriterion(working)
        let n = working.rows.pointsPerUnit * working.rows.totalWeight
        var readings: [Int: TailCriterion.Reading] = [:]
        for index in rivals { readings[index] = try tails.reading(of: all[index].outcome.mixture) }
        func criterion(_ index: Int) -> Double {
            all[index].bic - max(0, 2 * n * (readings[index]?.gain ?? 0) - logarithm(n))
        }
        guard let best = rivals.min(by: { (criterion($0), $0) < (criterion($1), $1) }), best != first,
            let own = readings[best], let other = readings[first]
        else { return nil }
        let difference = (criterion(first) - criterion(best)) / (2 * n)
        return tails.errors(difference, of: own, over: other) > Self.certainty ? best : nil
    }

    /// The same candidate with equal mixing weights, if that has the smaller BIC.
    func balanced(
        _ candidate: Candidate, observe: (MixtureRefinement.Outcome) -> Void
    ) throws -> Candidate? {
        var mixture = candidate.outcome.mixture
        guard mixture.clusterCount > 1 else { return nil }
        mixture.isBalanced = true
        mixture.weights = mixture.weights.map { _ in 1 / Double(mixture.clusterCount) }
        let outcome = try candidate.refinement.run(
            from: mixture, observe: observe, isHopeless: { isHopeless($0, gain: $1, against: candidate.bic) })
        let result = self.candidate(candidate.start, candidate.refinement, outcome)
        return result.bic < candidate.bic ? result : nil
    }

    /// Candidates with collapsed coordinates come last: their likelihood is the regularisation's and not the data's.
    private func rank(_ candidate: Candidate) -> Int {
        collapsedCoordinates(candidate) == 0 ? 0 : 1
    }

    /// How many variances of clusters in single coordinates are little more than the noise of the prior.
    private func collapsedCoordinates(_ candidate: Candidate) -> Int {
        let mixture = candidate.outcome.mixture
        let noise = candidate.refinement.prior.noise
        func collapsed(_ variances: [Double]) -> Int {
            variances.indices.count { working.moments.variances[$0] > 0 && variances[$0] < Self.collapse * noise[$0] }
        }
        switch mixture.covariances {
        case .spherical, .tied: return 0
        case .diagonal(let variances): return variances.rowVectors.reduce(0) { $0 + collapsed($1) }
        case .full(let matrices):
            return matrices.reduce(0) { $0 + collapsed($1.diagonal) }
        }
    }

    private func candidate(
        _ start: StartKind, _ refinement: MixtureRefinement, _ outcome: MixtureRefinement.Outcome
    ) -> Candidate {
        Candidate(
            start: start, refinement: refinement, outcome: outcome,
            bic: bic(outcome, logLikelihood: outcome.logLikelihood))
    }

    private func bic(_ outcome: MixtureRefinement.Outcome, logLikelihood: Double) -> Double {
        // In the units of what a fit reports, so that all criteria can be compared.
        let n = working.rows.totalWeight
        let reported = logLikelihood + n * working.rows.frame.logScale(dimension: working.dimension)
        return outcome.mixture.criterion(logLikelihood: reported, of: working.rows, moments: working.moments)
    }

    private func isHopeless(_ outcome: MixtureRefinement.Outcome, gain: Double, against best: Double) -> Bool {
        let most = outcome.logLikelihood + Self.patience * gain * working.rows.totalWeight
        return bic(outcome, logLikelihood: most) > best
    }
}
