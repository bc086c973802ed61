/// Which share of a fit's time each of its stages takes, as far as can be told beforehand.
///
/// Stages say where they are on a scale of their own; this turns it into a share of the time. Costs are about
/// nanoseconds of one core, from the sizes and from what the stages are known to do; factors were fitted to runs with
/// 10⁴ to 10⁶ rows.
struct ProgressPlan: Sendable {
    /// Where on their own scale the stages end: preparing, choosing k, training, refining, assigning.
    private static let ends = [0.1, 0.15, 0.3, 0.9, 1]
    private let shares: [Double]

    /// The scale itself.
    static let plain = ProgressPlan(costs: [0.1, 0.05, 0.15, 0.6, 0.1])

    init(costs: [Double]) {
        let total = costs.reduce(0, +)
        shares = total > 0 ? costs.map { $0 / total } : Self.plain.shares
    }

    /// A plan for `n` points in `d` coordinates.
    ///
    /// - Parameter k: the number of clusters, or a guess.
    init(_ n: Int, _ d: Int, clusters k: Int, options: FitOptions) {
        let (n, d, k) = (Double(n), Double(d), Double(k))
        let covers = options.needsCovariance && d <= Double(Moments.covarianceLimit)
        let working = min(n, max(8_192, min(65_536, 1_048_576 / max(1, d)), 128 * k))
        let kinds = options.refinement == .automatic && options.metric != .cosine ? 3.0 : 1
        // Passes of attention: the multiplications of a row, and what a score costs whatever d is.
        let row =
            k * (0.12 * d + 1.2)
            * (options.refinement == .full ? RefinementProgress.fullCost(dimension: Int(d)) : 1)
        var costs = [n * d * (covers ? 1.5 + 0.04 * d : 1.5) * (options.robust ? 2 : 1), 0, 0, 0, 0]
        if case .automatic(let least, let most) = options.clusterCountSelection {
            let tried = min(Double(most - least + 1), 12)
            costs[1] = tried * (2e6 + min(n, 4_096) * (0.12 * d + 1.2) * tried / 2 * 400)
        }
        let tokens = min(n, 65_536) * min(k, d) * 20
        let width = min(k, d)
        costs[2] =
            options.solver == .gradient
            ? tokens + Double(min(options.maximumSteps, 5_000)) * (2e4 + 2 * width * width * width * width)
            : tokens + 20 * (2e4 + width * width * width * width)
        if options.refinement != .none {
            costs[3] = working * row * kinds * 60 + (n > working ? n * row * 12 : 0)
        }
        costs[4] = n * (row + 2 * d) + min(n, 20_000) * 2_000 * 0.5 * (1 + d / 16)
        self.init(costs: costs)
    }

    /// The share of the time that is over at a place on the stages' scale.
    func fraction(at place: Double) -> Double {
        var (start, done) = (0.0, 0.0)
        for (end, share) in zip(Self.ends, shares) {
            if place < end { return done + share * (place - start) / (end - start) }
            (start, done) = (end, done + share)
        }
        return 1
    }

    /// Which share of refining goes to the sample that starts and metrics are compared on.
    static func sampleShare(of n: Int, sample: Int, kinds: Int) -> Double {
        guard n > sample else { return 1 }
        let compared = Double(sample) * Double(kinds) * 60
        return compared / (compared + Double(n) * 12)
    }
}
