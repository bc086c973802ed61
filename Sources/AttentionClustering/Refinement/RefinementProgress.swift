/// How far a refinement stage is: restarts and runs on a sample, and one run on all rows after them.
///
/// Work is counted in passes over the sample with spherical clusters. How many iterations a run has left is foretold from how fast its gains
/// shrink, and what later runs take from what the earlier ones took.
final class RefinementProgress {
    private let sampleShare: Double
    private let sampleRows: Double
    private let maximumIterations: Int
    /// What an iteration of each run to come costs.
    private var runsLeft: [Double]
    private let fullCost: Double
    private var restartsLeft = 0.0
    private var restartCost = 0.0
    /// What is done.
    private var done = 0.0
    /// The same without regard to what each iteration costs.
    private var passes = 0.0
    private var finishedRuns = 0.0
    private var iterations = 0
    /// How many the run before took.
    private var lastRun = 0.0
    /// Where the present run began, which tells it from the next.
    private var firstLevel: Double?
    private var isSettling = false
    private var lastShown = 0.0

    private static let typicalIterations = 25.0

    /// - Parameters:
    ///   - starts: how many starts are run with spherical clusters, at most.
    ///   - kinds: what is run from each of them in turn; spherical clusters are there already.
    ///   - balancedRuns: how many runs with equal weights follow.
    ///   - sampleRows: the size of the sample.
    ///   - dimension: the number of its columns.
    ///   - sampleShare: which share of the stage it takes.
    init(
        starts: Int, kinds: [CovarianceKind] = [], balancedRuns: Int = 0, sampleRows: Int, dimension: Int,
        sampleShare: Double, maximumIterations: Int
    ) {
        let fullCost = Self.fullCost(dimension: dimension)
        let further = kinds.filter { $0 != .spherical }.map { $0 == .full ? fullCost : 1 }
        runsLeft =
            Array(repeating: 1, count: starts) + Array(repeating: further, count: starts).joined()
            + Array(repeating: further.max() ?? 1, count: balancedRuns)
        (self.fullCost, self.sampleRows, self.sampleShare) = (fullCost, Double(max(1, sampleRows)), sampleShare)
        self.maximumIterations = maximumIterations
    }

    /// What an iteration with full covariances takes, in such with spherical ones.
    static func fullCost(dimension: Int) -> Double { max(1, 0.75 * Double(dimension)) }

    /// The runs on the sample are over.
    func settle() {
        (isSettling, iterations) = (true, 0)
    }

    /// The share of the stage that is done after a piece of a restart; nil where it is hardly more than before.
    ///
    /// - Parameters:
    ///   - passes: how much that was, in passes over the restart's rows.
    ///   - rows: how many those are.
    ///   - left: how many restarts come after this one.
    func share(afterRestart passes: Double, on rows: Int, left: Int) -> Double? {
        let cost = Double(rows) / sampleRows
        done += passes * cost
        self.passes += passes * cost
        (restartsLeft, restartCost) = (Double(left), cost * Self.typicalIterations)
        let now = share(left: 0)
        guard now > lastShown + 0.01 else { return nil }
        lastShown = now
        return now
    }

    /// The share of the stage that is done after an iteration of a run, or after several that were done before the fit
    /// was gone on with, and what it comes to with the next one.
    func share(after outcome: MixtureRefinement.Outcome) -> (now: Double, next: Double) {
        let count = outcome.history.count
        if isSettling {
            let rest = Self.iterationsLeft(outcome.history, tolerance: 1e-4, most: maximumIterations - count)
            let step = (1 - sampleShare) / (Double(count) + rest)
            return (sampleShare + step * Double(count), min(1, sampleShare + step * Double(count + 1)))
        }
        if count <= iterations || outcome.history.first != firstLevel {
            if !runsLeft.isEmpty { runsLeft.removeFirst() }
            if iterations > 0 { (finishedRuns, lastRun) = (finishedRuns + 1, Double(iterations)) }
            (iterations, firstLevel) = (0, outcome.history.first)
        }
        let cost = cost(of: outcome.mixture.covariances)
        done += Double(count - iterations) * cost
        passes += Double(count - iterations)
        iterations = count
        let left = Self.iterationsLeft(
            outcome.history, tolerance: MixtureRefinement.defaultTolerance, most: maximumIterations - count,
            expected: lastRun)
        let now = share(left: left * cost)
        return (now, min(sampleShare, now * (1 + cost / done)))
    }

    private func cost(of covariances: Covariances) -> Double {
        guard case .full = covariances else { return 1 }
        return fullCost
    }

    private func share(left: Double) -> Double {
        let typical = finishedRuns > 0 ? passes / (finishedRuns + 1) : Self.typicalIterations
        let runs = runsLeft.reduce(0, +) * min(typical, 2 * Self.typicalIterations)
        return sampleShare * done / (done + left + runs + restartsLeft * restartCost)
    }

    /// How many iterations are left if gains go on shrinking as they do.
    ///
    /// - Parameter expected: how many a run of the kind took; 0 where none has been.
    static func iterationsLeft(_ history: [Double], tolerance: Double, most: Int, expected: Double = 0) -> Double {
        let most = Double(max(0, most))
        // The longer it has taken, the longer it may take, but by so much less that the share goes on rising.
        let count = Double(history.count)
        let unknown = min(most, max(typicalIterations + count / 2, expected - count))
        guard history.count > 2, let last = history.last else { return unknown }
        let gain = max(last - history[history.count - 2], .leastNormalMagnitude)
        guard gain > tolerance else { return min(most, 1) }
        let span = min(8, history.count - 2)
        let earlier = history[history.count - 1 - span] - history[history.count - 2 - span]
        guard earlier > gain else { return unknown }
        let rate = logarithm(gain / earlier) / Double(span)
        return min(most, max(1, logarithm(tolerance / gain) / min(rate, -0.01)))
    }
}
