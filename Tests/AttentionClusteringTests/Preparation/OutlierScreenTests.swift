import Testing

@testable import AttentionClustering

@Suite struct OutlierScreenTests {
    static let centres: [[Double]] = [[4, 0, 0], [-4, 1, 0], [0, 5, 2]]

    static func options(robust: Bool, _ k: Int = 3) -> FitOptions {
        var options = FitOptions()
        options.clusterCount = k
        options.robust = robust
        return options
    }

    @Test(arguments: [Float(60), 1e3, 1e6, 1e20])
    func farOutliersLeaveThePartitionOfTheRest(distance: Float) throws {
        let clean = try mixture(Self.centres, sigma: 1, count: 4_995, seed: 6)
        let far: [[Float]] = [
            [distance, 0, 0], [0, -distance, 0], [distance, distance, 0], [0, 0, distance], [-distance, 0, distance],
        ]
        let straight = try AttentionHeads.fit(clean.points, options: Self.options(robust: false))
        let robust = try AttentionHeads.fit(points(clean.points.rows + far), options: Self.options(robust: true))
        #expect(robust.outliers == Array(4_995..<5_000))
        #expect(adjustedRandIndex(Array(robust.assignments.prefix(4_995)), straight.assignments) > 0.98)
        #expect(robust.assignments.count == 5_000 && robust.sizes.reduce(0, +) == 5_000)
        #expect(straight.outliers.isEmpty)
    }

    @Test func figuresOfMeritAreOfThePointsThatWereNotSetAside() throws {
        let data = try mixture([[0, 0], [8, 0], [0, 8]], sigma: 0.5, count: 600, seed: 8).points.rows
        let all = try AttentionHeads.fit(
            points(data + [[1e4, 1e4], [-2e4, 1e4]]), options: Self.options(robust: true))
        #expect(all.outliers.count == 2)
        let clean = try AttentionHeads.fit(points(data), options: Self.options(robust: false)).metrics
        func isNear(_ a: Double?, _ b: Double?) -> Bool {
            guard let a, let b else { return false }
            return abs(a - b) < 0.01 * abs(b)
        }
        #expect(isNear(all.metrics.inertia, clean.inertia) && isNear(all.metrics.silhouette, clean.silhouette))
        #expect(isNear(all.metrics.logLikelihood, clean.logLikelihood) && isNear(all.metrics.bic, clean.bic))
    }

    @Test func ordinaryPointsAreNotSetAside() throws {
        let data = try mixture(Self.centres, sigma: 1, count: 2_000, seed: 1).points
        #expect(try AttentionHeads.fit(data, options: Self.options(robust: true)).outliers.isEmpty)
    }

    @Test func aFarClusterIsNoOutlier() throws {
        let data = try mixture(
            Self.centres + [[500, 500, 500]], sigma: 1, count: 0, seed: 1, sizes: [100, 100, 100, 9])
        let clustering = try AttentionHeads.fit(data.points, options: Self.options(robust: true, 4))
        #expect(clustering.outliers.isEmpty)
        #expect(clustering.warnings.contains { $0.contains("one point in a hundred") })
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.98)
    }

    @Test(arguments: [24, 60, 99])
    func oneFarPointAmongFewIsSetAside(count: Int) throws {
        let clean = try mixture(Self.centres, sigma: 1, count: count - 1, seed: 6).points.rows
        let clustering = try AttentionHeads.fit(
            points(clean + [[1e4, 0, 0]]), options: Self.options(robust: true))
        #expect(clustering.outliers == [count - 1])
    }

    @Test func aColumnThatHardlyVariesShowsItsOutliers() throws {
        let clean = try mixture(Self.centres, sigma: 1, count: 1_000, seed: 6).points.rows
        let rows = clean.enumerated().map { $0.element + [$0.offset == 500 ? 1e6 : 0] }
        let clustering = try AttentionHeads.fit(points(rows), options: Self.options(robust: true))
        #expect(clustering.outliers == [500])
    }

    @Test func aRareButOrdinaryValueIsNoOutlier() throws {
        let clean = try mixture(Self.centres, sigma: 1, count: 1_000, seed: 6).points.rows
        let rows = clean.enumerated().map { $0.element + [$0.offset % 40 == 0 ? 1 : 0] }
        #expect(try AttentionHeads.fit(points(rows), options: Self.options(robust: true)).outliers.isEmpty)
    }

    @Test func constantPointsHaveNoOutliers() throws {
        let same = try points([[Float]](repeating: [1, 2], count: 40))
        #expect(try OutlierScreen(same, seed: 0, passes: RowPasses()).outliers.isEmpty)
    }
}
