import Testing

@testable import AttentionClustering

@Suite struct StartTests {
    static let corners: [[Double]] = [[0, 0], [20, 0], [0, 20], [20, 20], [10, 40]]

    @Test func seedsArePointsInDifferentClusters() throws {
        let data = try mixture(Self.corners, sigma: 0.5, count: 2_000, seed: 1)
        var start = try SeededStart(
            rows: identityRows(data.points), count: 5, seed: 1, attempt: 0, passes: RowPasses())
        let seeds = try start.centroids()
        let owners = seeds.rowVectors.map { seed in
            let squares = Self.corners.map { squaredDistance(seed, $0) }
            return squares.firstIndex(of: squares.min() ?? 0)
        }
        #expect(Set(owners).count == 5)
        #expect(seeds.rowVectors.allSatisfy { seed in data.points.rows.contains { $0.map(Double.init) == seed } })
    }

    @Test func farthestFirstEndsWhenEveryPointIsACentroid() throws {
        let rows = identityRows(try points([[0, 0], [1, 0], [0, 0], [5, 5]]))
        var farthest = try FarthestFirst(rows: rows, keeping: [[1, 0]], passes: RowPasses())
        try farthest.grow(to: 10)
        #expect(farthest.centroids == [[1, 0], [5, 5], [0, 0]])
    }

    @Test func repairFillsEveryCluster() throws {
        let data = try mixture(Self.corners, sigma: 0.5, count: 500, seed: 1)
        let rows = identityRows(data.points)
        let moments = try Moments(rows, passes: RowPasses(), withCovariance: false)
        // Four of five centroids in one place, far from everything.
        let centroids = Matrix(rowVectors: [[0, 0]] + [[Double]](repeating: [900, 900], count: 4))
        let broken = Mixture(
            centroids: centroids, weights: [Double](repeating: 0.2, count: 5),
            covariances: .spherical(1))
        let repaired = try Repair(rows: rows, moments: moments, passes: RowPasses())
            .repair(broken, count: 5, maximumIterations: 50)
        let sizes = try AttentionPass(rows: rows, passes: RowPasses()).hard(repaired.scores).counts
        #expect(sizes.count == 5 && sizes.allSatisfy { $0 > 50 })
    }

    @Test func softAttentionWithFarClustersIsTheHardOne() throws {
        let data = try mixture(Self.corners, sigma: 0.5, count: 700, seed: 1)
        let rows = identityRows(data.points)
        let attention = AttentionPass(rows: rows, passes: RowPasses())
        let mixture = Mixture(
            centroids: Matrix(rowVectors: Self.corners), weights: [Double](repeating: 0.2, count: 5),
            covariances: .spherical(0.25))
        let soft = try #require(try attention.soft(mixture.scores, about: mixture.centroids))
        let hard = try attention.hard(mixture.scores, about: mixture.centroids)
        for k in 0..<5 { #expect(abs(soft.counts[k] - hard.counts[k]) < 1e-3) }
        for (a, b) in zip(soft.sums, hard.sums) { #expect(abs(a - b) < 0.01) }
        #expect(abs(soft.scatter / (2 * 700) - 0.25) < 0.03)
    }
}
