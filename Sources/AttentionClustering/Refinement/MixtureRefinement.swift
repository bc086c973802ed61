/// Attention to the centroids, repeated to convergence, with a query-key metric that is learned along the way.
///
/// EM for a mixture of Gaussians whose covariances are of one kind: the log-likelihood, with the prior's logarithm where
/// covariances have one, never falls. The spherical kind shares one variance among the clusters, because a cluster with
/// its own would swallow its neighbours' outskirts. Converged when the mean over the points rises by no more than the
/// tolerance.
struct MixtureRefinement {
    let attention: AttentionPass
    let moments: Moments
    let kind: CovarianceKind
    let prior: CovariancePrior
    var maximumIterations: Int
    var tolerance = Self.defaultTolerance
    /// Also converged when centroids move by less than this, as a mean squared distance in standard deviations.
    var driftTolerance = 0.0

    static let defaultTolerance = 1e-6
    /// The least mixing weight, as a share of one point.
    static let weightFloor = 1e-3

    init(
        attention: AttentionPass, moments: Moments, kind: CovarianceKind = .spherical, prior: CovariancePrior? = nil,
        maximumIterations: Int, tolerance: Double = Self.defaultTolerance
    ) {
        self.attention = attention
        self.moments = moments
        self.kind = kind
        self.prior = prior ?? CovariancePrior(kind, variances: moments.variances, within: moments.covariance)
        self.maximumIterations = maximumIterations
        self.tolerance = tolerance
    }

    struct Outcome: Sendable {
        var mixture: Mixture
        /// Mean objective of a point in the frame before each iteration: log-likelihood and prior.
        var history: [Double] = []
        /// The log-likelihood of all points under the mixture before the last iteration, without prior.
        var logLikelihood = -Double.infinity
        var converged = false
        var finished = false
    }

    /// - Parameters:
    ///   - observe: told after every iteration, and once of all that a checkpoint holds.
    ///   - isHopeless: whether to give up, from what there is and the last gain.
    func run(
        from start: Mixture, observe: (Outcome) -> Void = { _ in },
        isHopeless: (Outcome, Double) -> Bool = { _, _ in false }
    ) throws -> Outcome {
        let passes = attention.passes
        var isReplayed = true
        let outcome = try passes.journal.ask(
            .refinement, key: digest(of: start), passes: passes, isUsable: { $0.isContinuation(of: start) }
        ) { state, record in
            isReplayed = false
            return try iterate(
                from: state ?? Outcome(mixture: start), observe: observe, isHopeless: isHopeless, record: record)
        }
        if isReplayed { observe(outcome) }
        return outcome
    }

    /// - Parameter record: told after every iteration that is not the last, with what this could start from again.
    private func iterate(
        from start: Outcome, observe: (Outcome) -> Void, isHopeless: (Outcome, Double) -> Bool,
        record: (Outcome) -> Void
    ) throws -> Outcome {
        var outcome = start
        let n = attention.rows.totalWeight
        while outcome.history.count < maximumIterations {
            let scoring = outcome.mixture.scoring(noise: noise)
            let sums = try attention.soft(
                scoring.scores, about: outcome.mixture.centroids, collecting: secondMoments)
            guard let sums else {
                outcome.finished = true
                break
            }
            outcome.logLikelihood = sums.logLikelihood + n * scoring.logNormalizer
            let mean = (outcome.logLikelihood + prior.logDensity(outcome.mixture.covariances)) / n
            let gain = outcome.history.last.map { mean - $0 } ?? .infinity
            outcome.history.append(mean)
            if gain <= tolerance {
                outcome.converged = true
                break
            }
            if gain.isFinite, isHopeless(outcome, gain) { break }
            let before = outcome.mixture.centroids
            outcome.mixture = maximized(sums, from: outcome.mixture)
            observe(outcome)
            if driftTolerance > 0, drift(of: outcome.mixture, from: before) <= driftTolerance {
                outcome.converged = true
                break
            }
            record(outcome)
        }
        return outcome
    }

    /// What tells this refinement of `start` from others.
    private func digest(of start: Mixture) -> NumberDigest {
        var digest = NumberDigest()
        digest.add(attention.rows.count)
        digest.add(kind.rawValue)
        digest.add(start.isBalanced ? 1 : 0)
        digest.add(maximumIterations)
        digest.add([tolerance, driftTolerance])
        digest.add(start.weights)
        digest.add(start.centroids.values)
        return digest
    }

    /// Σ_k π_k Σ_j (c'_kj − c_kj)²/v_j for the variances v within clusters.
    private func drift(of mixture: Mixture, from before: Matrix) -> Double {
        (0..<mixture.clusterCount).reduce(0.0) { total, k in
            let moved = prior.targetVariances.indices.reduce(0.0) { sum, j in
                let step = mixture.centroids[k, j] - before[k, j]
                return sum + step * step / prior.targetVariances[j]
            }
            return total + mixture.weights[k] * moved
        }
    }

    /// What points are uncertain by; the spherical kind bounds its variance instead.
    private var noise: [Double] { kind == .spherical ? [] : prior.noise }

    var secondMoments: SecondMoments {
        switch kind {
        case .spherical, .tied: .none
        case .diagonal: .diagonal
        case .full: .full
        }
    }
}
