/// How far a refinement stage is: some runs on a sample, and one on all rows after them.
///
/// How many iterations a run has left is foretold from how fast its gains shrink.
final class RefinementProgress {
    private let runs: Double
    private let sampleShare: Double
    private let maximumIterations: Int
    private var done = 0.0
    private var iterations = 0
    private var tolerance = MixtureRefinement.defaultTolerance
    private var isSettling = false

    /// - Parameters:
    ///   - runs: how many runs there will be on the sample.
    ///   - sampleShare: which share of the stage they take.
    init(runs: Int, sampleShare: Double, maximumIterations: Int) {
        (self.runs, self.sampleShare) = (Double(max(1, runs)), sampleShare)
        self.maximumIterations = maximumIterations
    }

    /// The runs on the sample are over.
    func settle(tolerance: Double) {
        (isSettling, self.tolerance, iterations) = (true, tolerance, 0)
    }

    /// The share of the stage that is done after an iteration.
    func share(after outcome: MixtureRefinement.Outcome) -> Double {
        let count = outcome.history.count
        if count <= iterations, !isSettling { done += 1 }
        iterations = count
        let rest = Self.iterationsLeft(outcome.history, tolerance: tolerance, most: maximumIterations - count)
        let inner = Double(count) / (Double(count) + rest)
        return isSettling
            ? sampleShare + (1 - sampleShare) * inner : sampleShare * min(1, (min(done, runs - 1) + inner) / runs)
    }

    /// How many iterations are left if gains go on shrinking as they do.
    static func iterationsLeft(_ history: [Double], tolerance: Double, most: Int) -> Double {
        let most = Double(max(0, most))
        guard history.count > 2, let last = history.last else { return min(most, 25) }
        let gain = max(last - history[history.count - 2], .leastNormalMagnitude)
        guard gain > tolerance else { return min(most, 1) }
        let span = min(5, history.count - 2)
        let earlier = history[history.count - 1 - span] - history[history.count - 2 - span]
        guard earlier > gain else { return min(most, 25) }
        let ratio = elementary(gain / earlier) / Double(span)
        return min(most, max(1, elementary(tolerance / gain) / min(ratio, -0.02)))
    }

    private static func elementary(_ value: Double) -> Double { logarithm(max(value, .leastNormalMagnitude)) }
}
