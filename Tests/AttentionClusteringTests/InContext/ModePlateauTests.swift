import Testing

@testable import AttentionClustering

@Suite struct ModePlateauTests {
    /// `k` planar clusters on a jittered grid, `perCluster` points each.
    static func planar(_ k: Int, perCluster: Int, seed: UInt64 = 5) throws -> LabelledPoints {
        var random = RandomSource(seed: seed, stream: 7)
        let side = Int(Double(k).squareRoot().rounded(.up))
        let centroids = (0..<k).map { index in
            [Double(index % side) + 0.25 * random.uniform(), Double(index / side) + 0.25 * random.uniform()]
        }
        return try mixture(
            centroids, sigma: 0.09, count: 0, seed: seed, sizes: [Int](repeating: perCluster, count: k))
    }

    @Test(arguments: [(15, 60), (35, 40)])
    func planarClustersAreCountedOverALongRangeOfTemperatures(k: Int, perCluster: Int) throws {
        let data = try Self.planar(k, perCluster: perCluster)
        let plateau = try InContextClustering.plateau(of: data.points)
        #expect(plateau.clusterCount == k)
        #expect(plateau.span >= 4, "\(plateau.span)")
        let on = plateau.steps.filter { $0.keptCount == k }
        #expect(on.contains { abs($0.inverseTemperature / plateau.inverseTemperature - 1) < 0.13 })
    }

    @Test func modesOnlyMergeTowardsCoarserTemperatures() throws {
        let steps = try InContextClustering.plateau(of: Self.planar(6, perCluster: 40).points).steps
        #expect(steps.count > 5)
        for (finer, coarser) in zip(steps, steps.dropFirst()) {
            #expect(coarser.modeCount <= finer.modeCount)
            #expect(abs(finer.inverseTemperature / coarser.inverseTemperature - ModeTree.ratio) < 1e-9)
            #expect(coarser.keptCount <= coarser.modeCount && coarser.keptCount >= 1)
        }
        #expect(steps.last?.modeCount == 1)
    }

    @Test func oneClusterIsOnePlateau() throws {
        let data = try mixture([[3, -2]], sigma: 1, count: 300, seed: 2)
        #expect(try InContextClustering.plateau(of: data.points).clusterCount == 1)
    }

    @Test func temperaturesAreInDataUnits() throws {
        let data = try Self.planar(4, perCluster: 40)
        let large = try points(data.points.rows.map { [$0[0] * 1_024 + 4_096, $0[1] * 1_024] })
        let (one, other) = (
            try InContextClustering.plateau(of: data.points), try InContextClustering.plateau(of: large)
        )
        #expect(one.clusterCount == 4 && other.clusterCount == 4)
        #expect(abs(one.inverseTemperature / other.inverseTemperature / (1_024 * 1_024) - 1) < 0.3)
    }

    @Test func startsHaveAsManyModesAsAskedFor() throws {
        let data = try Self.planar(9, perCluster: 40)
        let search = ModeSearch(rows: identityRows(data.points), seed: 1, passes: RowPasses())
        for count in [1, 2, 5, 9, 12, 20] {
            #expect(try search.centroids(count: count)?.rows == count)
        }
        #expect(try search.centroids(count: 100_000) == nil)
        let nine = try #require(try search.centroids(count: 9)).rowVectors
        for cluster in 0..<9 {
            let own = data.labels.indices.filter { Int(data.labels[$0]) == cluster }.map { data.points[$0] }
            let mean = (0..<2).map { j in own.reduce(0) { $0 + Double($1[j]) } / Double(own.count) }
            #expect(nine.contains { squaredDistance($0, mean) < 0.03 * 0.03 })
        }
    }
}
