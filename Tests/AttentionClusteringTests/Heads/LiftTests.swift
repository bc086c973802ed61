import Testing

@testable import AttentionClustering

@Suite struct LiftTests {
    static func lift(_ rows: FramedRows, count k: Int) throws -> Lift {
        let moments = try Moments(rows, passes: RowPasses(), withCovariance: true)
        let found = try PrincipalDirections(k - 1, of: rows, moments: moments, passes: RowPasses())
        let directions = zip(found.vectors.rowVectors, found.variances).map { vector, variance in
            vector.map { $0 / variance.squareRoot() }
        }
        return Lift(mean: moments.mean, directions: directions)
    }

    @Test func liftedPointsHaveTheIdentityAsSecondMoment() throws {
        let data = try mixture([[9, 0, 1], [-1, 5, 0], [0, -2, -3]], sigma: 0.7, count: 5_000, seed: 3)
        let rows = identityRows(data.points)
        let source = TokenSource(rows: rows, lift: try Self.lift(rows, count: 3), scalesToUnit: false)
        var difference = try MomentStatistics(source, passes: RowPasses()).secondMoment
        for j in 0..<3 { difference[j, j] -= 1 }
        #expect(difference.norm < 1e-4, "\(difference)")
    }

    @Test func unitTokensHaveLengthOne() throws {
        let data = try mixture([[9, 0, 1], [-1, 5, 0], [0, -2, -3]], sigma: 0.7, count: 500, seed: 3)
        let rows = identityRows(data.points)
        let source = TokenSource(rows: rows, lift: try Self.lift(rows, count: 3))
        let statistics = try MomentStatistics(source, passes: RowPasses())
        #expect(abs(statistics.secondMoment.trace - 1) < 1e-12)
        #expect(abs(statistics.weightedSecondMoment.trace - 1) < 1e-12)
    }

    @Test func weightsOfTheHeadsAreTheMixingWeights() throws {
        let data = try mixture(
            [[9, 0, 1], [-6, 5, 0], [0, -7, -3]], sigma: 0.5, count: 0, seed: 3, sizes: [3_000, 2_000, 1_000])
        var options = FitOptions()
        options.clusterCount = 3
        options.refinement = .none
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.sizes == [3_000, 2_000, 1_000])
        #expect(abs(clustering.model.weights.reduce(0, +) - 1) < 1e-12)
        for (weight, expected) in zip(clustering.model.weights, [0.5, 1 / 3.0, 1 / 6.0]) {
            #expect(abs(weight - expected) < 0.02, "\(clustering.model.weights)")
        }
        let gram = Matrix(rowVectors: clustering.model.heads)
        var difference = gram.times(gram.transposed)
        for j in 0..<3 { difference[j, j] -= 1 }
        #expect(difference.norm < 1e-9)
    }

    @Test func directionsBeyondTheRankAreLeftOut() throws {
        let line = try points((0..<50).map { [Float($0), 2 * Float($0), -Float($0)] })
        let rows = identityRows(line)
        #expect(try Self.lift(rows, count: 4).directions.count == 1)
    }

    @Test func subspaceIterationFindsTheDirectionsOfTheCovariance() throws {
        let data = try mixture(
            [[9, 0, 1, 0, 4], [-1, 5, 0, 2, 0], [0, -2, -3, 0, 0]], sigma: 0.3, count: 2_000, seed: 5)
        let rows = identityRows(data.points)
        let moments = try Moments(rows, passes: RowPasses(), withCovariance: true)
        let exact = try #require(moments.covariance?.leadingEigenvectors(2))
        let found = try #require(
            try SubspaceIteration(rows: rows, mean: moments.mean, passes: RowPasses()).leading(2))
        for j in 0..<2 {
            #expect(abs(exact.values[j] - found.values[j]) < 1e-3 * exact.values[j])
            #expect(abs(innerProduct(exact.vectors.row(j), found.vectors.row(j))) > 1 - 1e-5)
        }
    }

    @Test func wideDataAreClusteredWithoutACovariance() throws {
        var random = RandomSource(seed: 4, stream: 0)
        let centroids = (0..<3).map { _ in (0..<600).map { _ in random.normal() } }
        let data = try mixture(centroids, sigma: 1, count: 90, seed: 5)
        var options = FitOptions()
        options.clusterCount = 3
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.model.start == .heads)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) == 1)
    }
}
