/// How far a refinement stage is: restarts and runs on a sample, and one run on all rows after them.
///
/// Work is counted in passes over the sample. How many iterations a run has left is foretold from how fast its gains
/// shrink, and what later runs take from what the earlier ones took.
final class RefinementProgress {
    private let sampleShare: Double
    private let sampleRows: Double
    private let maximumIterations: Int
    private var runsLeft: Double
    private var restartsLeft = 0.0
    private var restartCost = 0.0
    /// Passes over the sample that are done.
    private var done = 0.0
    private var finishedRuns = 0.0
    private var iterations = 0
    /// Where the present run began, which tells it from the next.
    private var firstLevel: Double?
    private var isSettling = false
    private var lastShown = 0.0

    private static let typicalIterations = 25.0

    /// - Parameters:
    ///   - runs: how many runs there will be on the sample at most.
    ///   - sampleRows: its size.
    ///   - sampleShare: which share of the stage it takes.
    init(runs: Int, sampleRows: Int, sampleShare: Double, maximumIterations: Int) {
        (runsLeft, self.sampleRows, self.sampleShare) = (Double(max(1, runs)), Double(max(1, sampleRows)), sampleShare)
        self.maximumIterations = maximumIterations
    }

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
        (restartsLeft, restartCost) = (Double(left), cost * Self.typicalIterations)
        let now = share(left: 0)
        guard now > lastShown + 0.01 else { return nil }
        lastShown = now
        return now
    }

    /// The share of the stage that is done after an iteration of a run, or after several that were done before the fit
    /// was gone on with.
    func share(after outcome: MixtureRefinement.Outcome) -> Double {
        let count = outcome.history.count
        if isSettling {
            let rest = Self.iterationsLeft(outcome.history, tolerance: 1e-4, most: maximumIterations - count)
            return sampleShare + (1 - sampleShare) * Double(count) / (Double(count) + rest)
        }
        if count <= iterations || outcome.history.first != firstLevel {
            runsLeft = max(0, runsLeft - 1)
            finishedRuns += iterations == 0 ? 0 : 1
            (iterations, firstLevel) = (0, outcome.history.first)
        }
        done += Double(count - iterations)
        iterations = count
        let tolerance = MixtureRefinement.defaultTolerance
        return share(left: Self.iterationsLeft(outcome.history, tolerance: tolerance, most: maximumIterations - count))
    }

    private func share(left: Double) -> Double {
        let typical = finishedRuns > 0 ? done / (finishedRuns + 1) : Self.typicalIterations
        let rest = left + runsLeft * min(typical, 2 * Self.typicalIterations) + restartsLeft * restartCost
        return sampleShare * done / (done + rest)
    }

    /// How many iterations are left if gains go on shrinking as they do.
    static func iterationsLeft(_ history: [Double], tolerance: Double, most: Int) -> Double {
        let most = Double(max(0, most))
        let unknown = min(most, max(typicalIterations, Double(history.count)))
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
