import Testing

@testable import AttentionClustering

/// Planar data with far more clusters than a frame of heads could tell apart.
@Suite struct ManyClusterTests {
    /// Centres at random, no two nearer than 6σ.
    static func centres(_ count: Int, seed: UInt64) -> [[Double]] {
        var random = RandomSource(seed: seed, stream: 3)
        let side = 9 * Double(count).squareRoot()
        var found: [[Double]] = []
        while found.count < count {
            let next = [random.uniform() * side, random.uniform() * side]
            if found.allSatisfy({ squaredDistance($0, next) > 36 }) { found.append(next) }
        }
        return found
    }

    static func agreement(_ data: LabelledPoints, _ centres: [[Double]]) throws -> (found: Double, bayes: Double) {
        var options = FitOptions()
        options.clusterCount = centres.count
        let clustering = try AttentionHeads.fit(data.points, options: options)
        let nearest = data.points.rows.map { row -> Int32 in
            let squares = centres.map { squaredDistance(row.map(Double.init), $0) }
            return Int32(squares.firstIndex(of: squares.min() ?? 0) ?? 0)
        }
        return (
            adjustedRandIndex(clustering.assignments, data.labels), adjustedRandIndex(nearest, data.labels)
        )
    }

    @Test(arguments: [15, 35, 50, 100])
    func scatteredClustersAreAllFound(count: Int) throws {
        let centres = Self.centres(count, seed: UInt64(count))
        let data = try mixture(centres, sigma: 1, count: 24 * count, seed: 5)
        let (found, bayes) = try Self.agreement(data, centres)
        #expect(found >= 0.95 * bayes)
    }

    @Test func fewLargeClustersDoNotHideSmallOnes() throws {
        let large: [[Double]] = [[0, 0], [8, 0], [4, 7]]
        let small: [[Double]] = [[60, 0], [69, 0], [78, 0], [60, 9], [69, 9]]
        let data = try mixture(
            large + small, sigma: 1, count: 0, seed: 2,
            sizes: [1_000, 1_000, 1_000, 50, 50, 50, 50, 50])
        let (found, bayes) = try Self.agreement(data, large + small)
        #expect(found >= 0.95 * bayes)
    }

    @Test func swapsNeverRaiseTheSumOfSquares() throws {
        let centres = Self.centres(20, seed: 1)
        let rows = identityRows(try mixture(centres, sigma: 1, count: 600, seed: 7).points)
        func cost(_ centroids: Matrix) throws -> Double {
            try AttentionPass(rows: rows, passes: RowPasses()).hard(.nearest(centroids), about: centroids).scatter
        }
        // All seeds in one place: every swap that is worth it is left to do.
        let start = Matrix(rowVectors: (0..<20).map { [Double($0) * 0.01, 0] })
        var search = LocalSearch(rows: rows, centroids: start, passes: RowPasses())
        var random = RandomSource(seed: 1, stream: 1)
        var work: [Double] = []
        let improved = try search.improved(&random) { work.append($0) }
        #expect(work.count == 40 && work.allSatisfy { $0 >= 1 / 20.0 }, "every try is told of")
        #expect(try cost(improved) < 0.2 * cost(start))
        var again = LocalSearch(rows: rows, centroids: improved, passes: RowPasses())
        let twice = try again.improved(&random)
        #expect(try cost(twice) <= 1.0001 * cost(improved))
    }

    @Test func manyClustersAreCounted() throws {
        let centres = Self.centres(35, seed: 35)
        let data = try mixture(centres, sigma: 0.7, count: 35 * 26, seed: 5)
        var options = FitOptions()
        options.clusterCountSelection = .automatic()
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(abs(clustering.model.clusterCount - 35) <= 1)
        options.clusterCountSelection = .automatic(minimum: 1, maximum: 10)
        #expect(try AttentionHeads.fit(data.points, options: options).model.clusterCount <= 10)
    }
}
