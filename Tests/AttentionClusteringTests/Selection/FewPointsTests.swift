import Testing

@testable import AttentionClustering

/// Two groups of a handful of points: likelihoods of one or two points a cluster must not win.
@Suite struct FewPointsTests {
    static func groups(_ count: Int, seed: UInt64) throws -> LabelledPoints {
        let first = count / 2
        return try mixture([[0, 0], [100, 100]], sigma: 1, count: count, seed: seed, sizes: [first, count - first])
    }

    static let squares: [[Float]] = [
        [0, 0], [0, 1], [1, 0], [1, 1], [100, 100], [100, 101], [101, 100], [101, 101],
    ]

    @Test func twoSquaresAreTwoClusters() throws {
        let data = try points(Self.squares)
        #expect(try ClusterCountTests.fit(data, 1...100).sizes == [4, 4])
        #expect(try InContextClustering.fit(data).sizes == [4, 4])
    }

    @Test(arguments: 4...20)
    func twoGroupsAreTwoClusters(count: Int) throws {
        for seed in 0..<8 as Range<UInt64> {
            let data = try Self.groups(count, seed: seed)
            let found = try ClusterCountTests.fit(data.points, 1...100)
            #expect(samePartition(found.assignments, data.labels), "seed \(seed): \(found.sizes)")
        }
    }

    @Test(arguments: 4...20)
    func twoGroupsAreTwoClustersInContext(count: Int) throws {
        for seed in 0..<8 as Range<UInt64> {
            let data = try Self.groups(count, seed: seed)
            let found = try InContextClustering.fit(data.points)
            #expect(samePartition(found.assignments, data.labels), "seed \(seed): \(found.sizes)")
        }
    }

    @Test func aNumberThatIsAskedForIsTriedWhateverTheNumberOfPoints() throws {
        #expect(try ClusterCountTests.fit(points(Self.squares), 5...100).model.clusterCount >= 5)
    }

    @Test func threeGroupsAreThreeClustersAndOneIsSeldomMore() throws {
        var single = 0
        for count in 9...24 {
            for seed in 0..<4 as Range<UInt64> {
                let third = count / 3
                let three = try mixture(
                    [[0, 0], [30, 0], [0, 30]], sigma: 1, count: count, seed: seed,
                    sizes: [count - 2 * third, third, third])
                let found = try ClusterCountTests.fit(three.points, 1...100)
                #expect(samePartition(found.assignments, three.labels), "\(count) points, seed \(seed): \(found.sizes)")
                let inContext = try InContextClustering.fit(three.points)
                #expect(
                    samePartition(inContext.assignments, three.labels),
                    "\(count) points, seed \(seed), in context: \(inContext.sizes)")
                let one = try mixture([[0, 0]], sigma: 1, count: count, seed: seed).points
                single += try ClusterCountTests.fit(one, 1...100).model.clusterCount == 1 ? 1 : 0
                single += try InContextClustering.fit(one).model.clusterCount == 1 ? 1 : 0
            }
        }
        #expect(single >= 100, "of 128")
    }
}
