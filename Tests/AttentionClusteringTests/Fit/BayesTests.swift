import Testing

@testable import AttentionClustering

/// The paper's setting beside the rule of somebody who knows centroids, noise and weights.
@Suite struct BayesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let dimension: Int
        let clusterCount: Int
        let sigma: Double
        var sizes: [Int]?
        var testDescription: String { "d=\(dimension) K=\(clusterCount) σ=\(sigma) \(sizes ?? [])" }
    }

    /// A part of the grid; Benchmarks checks all of it.
    static let cases = [
        Case(dimension: 2, clusterCount: 2, sigma: 0.3), Case(dimension: 2, clusterCount: 2, sigma: 1),
        Case(dimension: 16, clusterCount: 5, sigma: 0.3), Case(dimension: 16, clusterCount: 2, sigma: 0.5),
        Case(dimension: 16, clusterCount: 2, sigma: 0.5, sizes: [18_000, 2_000]),
    ]

    @Test(arguments: cases)
    func theFitIsAsGoodAsTheBayesRule(of test: Case) throws {
        var start = HeadStart(dimension: test.dimension, count: test.clusterCount, seed: 4)
        let centroids = start.frame().transposed.rowVectors
        let data = try mixture(centroids, sigma: test.sigma, count: 20_000, seed: 9, sizes: test.sizes)
        let shares = (test.sizes ?? [Int](repeating: 1, count: test.clusterCount)).map(Double.init)
        let bayes = data.points.rows.map { row -> Int32 in
            let scores = centroids.indices.map { k in
                logarithm(shares[k]) - squaredDistance(row.map(Double.init), centroids[k])
                    / (2 * test.sigma * test.sigma)
            }
            return Int32(scores.firstIndex(of: scores.max() ?? 0) ?? 0)
        }
        var options = FitOptions()
        options.clusterCount = test.clusterCount
        let found = try AttentionHeads.fit(data.points, options: options).assignments
        #expect(adjustedRandIndex(found, data.labels) > adjustedRandIndex(bayes, data.labels) - 0.004)
    }
}
