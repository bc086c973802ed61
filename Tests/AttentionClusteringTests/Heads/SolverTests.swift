import Testing

@testable import AttentionClustering

@Suite struct SolverTests {
    static func threeClusters() throws -> (data: LabelledPoints, source: TokenSource) {
        let data = try mixture([[9, 0, 1], [-6, 5, 0], [0, -7, -3]], sigma: 0.8, count: 3_000, seed: 7)
        let rows = identityRows(data.points)
        return (data, TokenSource(rows: rows, lift: try LiftTests.lift(rows, count: 3)))
    }

    @Test func fixedPointNeverRaisesTheRegularizer() throws {
        let statistics = try MomentStatistics(Self.threeClusters().source, passes: RowPasses())
        for seed in 0..<5 as Range<UInt64> {
            var start = HeadStart(dimension: 3, count: 3, seed: seed)
            let training = try FixedPointSolver(statistics: statistics, maximumSteps: 100, tolerance: 1e-9)
                .train(from: HeadTraining(heads: start.frame()))
            #expect(training.converged)
            for (earlier, later) in zip(training.history, training.history.dropFirst()) {
                #expect(later <= earlier + 1e-14)
            }
        }
    }

    @Test func gradientAndFixedPointFindTheSameClusters() throws {
        let (data, _) = try Self.threeClusters()
        var options = FitOptions()
        options.clusterCount = 3
        options.refinement = .none
        let fixedPoint = try AttentionHeads.fit(data.points, options: options)
        options.solver = .gradient
        let gradient = try AttentionHeads.fit(data.points, options: options)
        #expect(adjustedRandIndex(fixedPoint.assignments, data.labels) == 1)
        #expect(gradient.assignments == fixedPoint.assignments)
        #expect(gradient.stopReason == .converged)
        #expect(gradient.headObjectiveHistory.count > fixedPoint.headObjectiveHistory.count)
    }

    @Test func headsStayOnTheSphere() throws {
        let training = try PaperSetting.train(
            PaperSetting.objective(regularization: 0.5), from: PaperSetting.sphere(seed: 3))
        for k in 0..<2 {
            let head = training.heads.column(k)
            #expect(abs(innerProduct(head, head) - 1) < 1e-12)
        }
    }

    @Test func aStepIsNeverLongerThanOne() throws {
        // Points a thousand times too long make a huge gradient.
        let data = try mixture([[1_000, 0], [0, 1_000]], sigma: 300, count: 100, seed: 1)
        let statistics = try MomentStatistics(
            TokenSource(rows: identityRows(data.points), lift: nil), passes: RowPasses())
        let objective = HeadObjective(
            statistics: statistics, contextLength: 30, regularization: 0.5, inverseTemperature: .fixed(1))
        let training = try GradientSolver(objective: objective, learningRate: 0.1, maximumSteps: 50, tolerance: 1e-6)
            .train(from: HeadTraining(heads: HeadObjectiveTests.randomHeads(2, 2, seed: 1)))
        #expect(training.cutSteps > 0)
        #expect(training.heads.isFinite)
    }

    @Test func trainingStopsAtTheMaximumOfSteps() throws {
        let training = try GradientSolver(
            objective: PaperSetting.objective(regularization: 0.5), learningRate: 0.1, maximumSteps: 7, tolerance: 0
        ).train(from: HeadTraining(heads: PaperSetting.sphere(seed: 1)))
        #expect(training.history.count == 7)
        #expect(!training.converged)
    }

    @Test func manifoldStartsAreOrthogonalToTheOtherDirections() throws {
        var random = RandomSource(seed: 1, stream: 0)
        let directions = (0..<3).map { _ in (0..<8).map { _ in random.normal() } }
        var start = HeadStart(dimension: 8, count: 3, seed: 5)
        let heads = start.manifold(directions)
        for k in 0..<3 {
            #expect(abs(innerProduct(heads.column(k), heads.column(k)) - 1) < 1e-12)
            for j in 0..<3 where j != k {
                #expect(abs(innerProduct(heads.column(k), directions[j])) < 1e-10)
                #expect(abs(innerProduct(heads.column(k), heads.column(j))) < 1e-12)
            }
        }
    }

    @Test func aManifoldWithoutRoomStartsAtItsDirections() {
        var start = HeadStart(dimension: 2, count: 2, seed: 5)
        let heads = start.manifold([[1, 0], [0, 1]])
        #expect(headDistance(heads.transposed.rowVectors, [[1, 0], [0, 1]]) < 1e-12)
    }
}
