import Testing

@testable import AttentionClustering

@Suite struct ProgressPlanTests {
    private static func plan(_ n: Int, _ d: Int, _ k: Int, _ change: (inout FitOptions) -> Void = { _ in })
        -> ProgressPlan
    {
        var options = FitOptions()
        options.clusterCount = k
        change(&options)
        return ProgressPlan(n, d, clusters: k, options: options)
    }

    @Test(arguments: [(150, 4, 3), (1_000_000, 32, 8), (3_000, 16_384, 5), (2_000_000, 16, 10_000)])
    func theFractionRisesFromNoneToAll(n: Int, d: Int, k: Int) {
        let plan = Self.plan(n, d, k)
        let fractions = (0...100).map { plan.fraction(at: Double($0) / 100) }
        #expect(fractions.first == 0 && abs((fractions.last ?? 0) - 1) < 1e-12)
        #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func whatAFitDoesNotDoTakesNoShare() {
        let plain = Self.plan(10_000, 8, 3)
        #expect(plain.fraction(at: 0.15) == plain.fraction(at: 0.1), "k is given")
        let choosing = Self.plan(10_000, 8, 3) { $0.clusterCountSelection = .automatic() }
        #expect(choosing.fraction(at: 0.15) > choosing.fraction(at: 0.1) + 0.1)
        let unrefined = Self.plan(10_000, 8, 3) { $0.refinement = .none }
        #expect(unrefined.fraction(at: 0.9) == unrefined.fraction(at: 0.3))
    }

    @Test func gainsThatShrinkSteadilyForetellTheEnd() {
        // Gains 1, 1/2, 1/4, …: after the i-th, log₂(gain/tolerance) iterations are left.
        var history = [0.0]
        for step in 0..<12 { history.append((history.last ?? 0) + 1 / Double(1 << step)) }
        let left = RefinementProgress.iterationsLeft(history, tolerance: 1 / 1_048_576, most: 1_000)
        #expect(abs(left - 9) < 1e-6)
        #expect(RefinementProgress.iterationsLeft(history, tolerance: 1e-12, most: 4) == 4)
        #expect(RefinementProgress.iterationsLeft(history, tolerance: 0.1, most: 1_000) == 1)
    }

    @Test func runsOfACheckpointCountAsIfTheyHadJustBeenDone() {
        func outcome(_ iterations: Int, from level: Double) -> MixtureRefinement.Outcome {
            var outcome = MixtureRefinement.Outcome(
                mixture: Mixture(centroids: Matrix(rows: 1, columns: 1), weights: [1], covariances: .spherical(1)))
            // Gains halve, so that an end can be foretold.
            outcome.history = (0..<iterations).map { level - 1 / Double(1 << $0) }
            return outcome
        }
        func progress() -> RefinementProgress {
            RefinementProgress(starts: 3, sampleRows: 100, dimension: 2, sampleShare: 1, maximumIterations: 200)
        }
        let (whole, resumed) = (progress(), progress())
        var last = 0.0
        for (count, level) in [(12, -5.0), (18, -3.0), (9, -2.0)] {
            for iteration in 1...count { last = whole.share(after: outcome(iteration, from: level)).now }
        }
        _ = resumed.share(after: outcome(12, from: -5))
        // More iterations than the run before, and yet another run.
        _ = resumed.share(after: outcome(18, from: -3))
        _ = resumed.share(after: outcome(8, from: -2))
        let share = resumed.share(after: outcome(9, from: -2))
        #expect(share.now == last && last > 0.5 && last < share.next && share.next < 1)
    }

    @Test func aCheapRunIsASmallShareOfWhatComesAfterIt() {
        func outcome(_ iterations: Int, _ covariances: Covariances, from level: Double) -> MixtureRefinement.Outcome {
            var outcome = MixtureRefinement.Outcome(
                mixture: Mixture(centroids: Matrix(rows: 1, columns: 16), weights: [1], covariances: covariances))
            // Gains that do not shrink: no end can be foretold.
            outcome.history = (0..<iterations).map { level + Double($0) }
            return outcome
        }
        let progress = RefinementProgress(
            starts: 1, kinds: [.full], sampleRows: 100, dimension: 16, sampleShare: 1, maximumIterations: 300)
        var shares: [Double] = []
        for (covariances, level) in [(Covariances.spherical(1), -9.0), (.full([Matrix(rows: 16, columns: 16)]), -5)] {
            for iteration in 1...300 {
                let share = progress.share(after: outcome(iteration, covariances, from: level))
                #expect(share.next >= share.now && share.next - share.now < 0.05)
                shares.append(share.now)
            }
        }
        #expect(shares[99] < 0.4 && shares[349] < shares[449] && shares[449] < shares[549] && shares[599] > 0.9)
    }

    @Test func headsForetellTheirEndFromTheirSteps() {
        let progress = HeadProgress(tolerance: 1e-6, maximumSteps: 5_000)
        var training = HeadTraining(heads: Matrix(rows: 1, columns: 1))
        var shares: [Double] = []
        for step in 1...60 {
            training.history.append(0)
            training.move = pow10(-Double(step) / 10)
            shares.append(progress.share(after: training))
        }
        // At a tenth of a magnitude a step the tolerance is reached at step 60.
        #expect(abs(shares[29] - 0.5) < 0.02 && abs(shares[44] - 0.75) < 0.02 && shares[59] > 0.98)
    }

    @Test func headsWithoutAToleranceDoEveryStep() {
        let progress = HeadProgress(tolerance: 0, maximumSteps: 1_000)
        var training = HeadTraining(heads: Matrix(rows: 1, columns: 1))
        for step in 1...60 {
            training.history.append(0)
            training.move = pow10(-Double(step) / 10)
            #expect(abs(progress.share(after: training) - Double(step) / 1_000) < 1e-12)
        }
    }

    private func pow10(_ exponent: Double) -> Double { exponential(exponent * 2.302585092994046) }
}
