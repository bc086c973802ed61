import Testing

@testable import AttentionClustering

@Suite struct RefinementRunTests {
    static func options(_ k: Int, _ change: (inout FitOptions) -> Void = { _ in }) -> FitOptions {
        var options = FitOptions()
        options.clusterCount = k
        change(&options)
        return options
    }

    @Test(arguments: [Initialization.heads, .seeds, .modes])
    func aForcedStartIsTakenAndSaid(initialization: Initialization) throws {
        let data = try mixture([[6, 0, 0], [-6, 0, 0], [0, 8, 0]], sigma: 1, count: 600, seed: 2)
        for refinement in [Refinement.automatic, .spherical, .none] {
            let clustering = try AttentionHeads.fit(
                data.points,
                options: Self.options(3) {
                    $0.initialization = initialization
                    $0.refinement = refinement
                })
            #expect(clustering.model.start.rawValue == initialization.rawValue)
            #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.97)
            #expect(clustering.candidates.allSatisfy { $0.start == clustering.model.start })
        }
    }

    @Test func theMetricIsChosenByTheShapeOfTheClusters() throws {
        var random = RandomSource(seed: 3, stream: 1)
        var (values, labels): ([Float], [Int32]) = ([], [])
        for i in 0..<900 {
            let along = random.normal() * 6
            values += [Float(along), Float(along * 0.5 + random.normal() * 0.3 + (i % 2 == 0 ? 2 : -2))]
            labels.append(Int32(i % 2))
        }
        let slanted = try AttentionHeads.fit(
            Points(values: values, count: 900, dimension: 2), options: Self.options(2))
        #expect(slanted.candidates.first?.refinement == .tied)
        #expect(adjustedRandIndex(slanted.assignments, labels) > 0.99)
        let round = try AttentionHeads.fit(
            mixture([[3, 0], [-3, 0]], sigma: 1, count: 900, seed: 1).points, options: Self.options(2))
        #expect(round.candidates.first?.refinement == .spherical)
        #expect(round.candidates.first?.equalWeights == true)
    }

    @Test func theChosenCandidateComesFirstAndCriteriaCanBeCompared() throws {
        let data = try mixture([[2, 0, 7], [-2, 1, 7], [0, 3, 7]], sigma: 1, count: 900, seed: 5).points
        let clustering = try AttentionHeads.fit(data, options: Self.options(3) { $0.standardize = true })
        let chosen = try #require(clustering.candidates.first)
        #expect(clustering.candidates.dropFirst().map(\.bic) == clustering.candidates.dropFirst().map(\.bic).sorted())
        // The model has gone a step further than what was compared, which also counts the noise of the prior.
        let bic = try #require(clustering.metrics.bic)
        #expect(abs(bic - chosen.bic) < 0.01 * Double(data.count))
    }

    @Test func unequalClustersKeepTheirWeights() throws {
        let data = try mixture(
            [[1.5, 0, 0], [-1.5, 0, 0]], sigma: 0.8, count: 0, seed: 1, sizes: [9_000, 1_000])
        let clustering = try AttentionHeads.fit(data.points, options: Self.options(2))
        #expect(clustering.candidates.first?.equalWeights == false)
        #expect(abs(clustering.model.weights[0] - 0.9) < 0.02)
    }

    @Test func aLargeSetIsRefinedOnASampleAndThenOnAllRows() throws {
        let data = try mixture([[2, 0], [-2, 0], [0, 3]], sigma: 0.7, count: 80_000, seed: 5)
        let clustering = try AttentionHeads.fit(data.points, options: Self.options(3))
        let bayes = data.points.rows.map { row in
            let squares = [[2.0, 0], [-2, 0], [0, 3]].map { squaredDistance(row.map(Double.init), $0) }
            return Int32(squares.firstIndex(of: squares.min() ?? 0) ?? 0)
        }
        let best = adjustedRandIndex(bayes, data.labels)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > best - 0.002)
        #expect(clustering.stopReason == .converged)
    }
}
