import Testing

@testable import AttentionClustering

@Suite struct PaperSettingTests {
    @Test(arguments: 0..<6 as Range<UInt64>)
    func everyRandomStartReachesTheStatisticalFloorWithRegularization(seed: UInt64) throws {
        let training = try PaperSetting.train(
            PaperSetting.objective(regularization: 0.5), from: PaperSetting.sphere(seed: seed))
        #expect(training.converged)
        #expect(headDistance(training.heads.transposed.rowVectors, PaperSetting.centroids) < 2 * PaperSetting.floor)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func theManifoldNeedsNoRegularization(seed: UInt64) throws {
        var start = HeadStart(dimension: 5, count: 2, seed: seed)
        let training = try PaperSetting.train(
            PaperSetting.objective(regularization: 0), from: start.manifold(PaperSetting.centroids))
        #expect(headDistance(training.heads.transposed.rowVectors, PaperSetting.centroids) < 2 * PaperSetting.floor)
    }

    @Test func randomStartsWithoutRegularizationMostlyMissTheCentroids() throws {
        let distances = try (0..<6 as Range<UInt64>).map { seed in
            let training = try PaperSetting.train(
                PaperSetting.objective(regularization: 0), from: PaperSetting.sphere(seed: seed))
            return headDistance(training.heads.transposed.rowVectors, PaperSetting.centroids)
        }
        #expect(distances.count { $0 > 0.1 } >= 4, "\(distances)")
    }

    @Test func headsTiltAboveTheBestInverseTemperature() throws {
        let truth = Matrix(rowVectors: PaperSetting.centroids).transposed
        let best = try #require(try PaperSetting.objective(regularization: 0.5).evaluate(truth)).bestInverseTemperature
        let training = try PaperSetting.train(
            PaperSetting.objective(regularization: 0.5, .fixed(1.1 * best)), from: PaperSetting.sphere(seed: 0))
        #expect(headDistance(training.heads.transposed.rowVectors, PaperSetting.centroids) >= 0.25)
    }

    @Test func bestInverseTemperatureIsTheMeasuredOne() throws {
        let truth = Matrix(rowVectors: PaperSetting.centroids).transposed
        let evaluation = try #require(try PaperSetting.objective(regularization: 0.5).evaluate(truth))
        #expect(abs(evaluation.bestInverseTemperature - 0.7701) < 0.01)
        #expect(evaluation.inverseTemperature == 0.8 * evaluation.bestInverseTemperature)
    }

    @Test func bestInverseTemperatureTendsToItsLimitForLongContexts() throws {
        let truth = Matrix(rowVectors: PaperSetting.centroids).transposed
        let objective = HeadObjective(
            statistics: try PaperSetting.statistics.get(), contextLength: 1_000_000, regularization: 0,
            inverseTemperature: .automatic)
        let evaluation = try #require(try objective.evaluate(truth))
        #expect(abs(evaluation.bestInverseTemperature - 1 / (1 + 2 * 0.3 * 0.3)) < 0.01)
    }

    @Test func aFitInThePapersSettingEndsAtTheCentroids() throws {
        var options = FitOptions()
        options.preprocessing = .none
        options.solver = .gradient
        options.refinement = .none
        options.seed = 11
        let data = try PaperSetting.data.get()
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.model.heads.count == 2)
        #expect(headDistance(clustering.model.heads, PaperSetting.centroids) < 2 * PaperSetting.floor)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.9)
        #expect(clustering.stopReason == .converged)
        #expect(clustering.warnings.isEmpty)
        let history = clustering.objectiveHistory
        #expect(history.count > 50 && (history.last ?? 1) < (history.first ?? 0))
        // Signs are fixed: both heads point to their centroid and not away from it.
        let towards = clustering.model.heads.map { head in
            PaperSetting.centroids.map { innerProduct(head, $0) }.max() ?? 0
        }
        #expect(towards.allSatisfy { $0 > 0.99 })
    }

    @Test func theFixedPointFindsTheCentroidsWithoutLiftToo() throws {
        var options = FitOptions()
        options.preprocessing = .none
        options.refinement = .none
        let clustering = try AttentionHeads.fit(PaperSetting.data.get().points, options: options)
        #expect(headDistance(clustering.model.heads, PaperSetting.centroids) < 4 * PaperSetting.floor)
    }
}
