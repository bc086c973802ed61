import Testing

@testable import AttentionClustering

/// What must not change a partition, for every refinement.
@Suite struct InvarianceTests {
    static func fit(_ points: Points, _ refinement: Refinement) throws -> [Int32] {
        var options = FitOptions()
        (options.clusterCount, options.refinement, options.seed) = (3, refinement, 5)
        return try AttentionHeads.fit(points, options: options).assignments
    }

    static func data() throws -> Points {
        try mixture([[4, 0, 1], [-3, 2, 0], [0, -3, -1]], sigma: 1, count: 600, seed: 3).points
    }

    @Test(arguments: Refinement.allCases, [Float(1e-30), 1e30])
    func scalesLeaveThePartition(refinement: Refinement, scale: Float) throws {
        let data = try Self.data()
        let scaled = try points(data.rows.map { $0.map { $0 * scale } })
        #expect(adjustedRandIndex(try Self.fit(scaled, refinement), try Self.fit(data, refinement)) > 0.999)
    }

    @Test(arguments: Refinement.allCases)
    func aCommonOffsetLeavesThePartition(refinement: Refinement) throws {
        // The reference is the offset data moved back, so that both have what single precision keeps at the offset.
        let moved = try points(Self.data().rows.map { $0.map { $0 + 1e5 } })
        let back = try points(moved.rows.map { $0.map { $0 - 1e5 } })
        #expect(adjustedRandIndex(try Self.fit(moved, refinement), try Self.fit(back, refinement)) > 0.999)
    }

    @Test(arguments: Refinement.allCases)
    func anotherOrderOfThePointsLeavesThePartition(refinement: Refinement) throws {
        let rows = try Self.data().rows
        let order = rows.indices.map { ($0 * 7 + 13) % rows.count }.map { ($0 * 11) % rows.count }
        #expect(Set(order).count == rows.count)
        let straight = try Self.fit(points(rows), refinement)
        let shuffled = try Self.fit(points(order.map { rows[$0] }), refinement)
        #expect(adjustedRandIndex(shuffled, order.map { straight[$0] }) > 0.99)
    }

    @Test(arguments: 0..<2)
    func noCaseInContextTrapsOrReturnsANonFiniteNumber(part: Int) throws {
        for seed in stride(from: UInt64(part), to: 300, by: 2) {
            var random = RandomSource(seed: seed, stream: 56)
            let (n, d) = (1 + Int(random.next() % 40), 1 + Int(random.next() % 5))
            let scale = [1, 1e-30, 1e30, 1e5][Int(random.next() % 4)] as Float
            let isCoarse = random.next() % 2 == 0
            let values = (0..<n * d).map { _ in
                isCoarse ? Float(random.next() % 3) * scale : Float(random.normal()) * scale
            }
            var options = InContextOptions()
            options.attention = random.next() % 3 == 0 ? .linear : .softmax
            options.standardize = random.next() % 3 == 0
            options.maximumLayers = 30
            if random.next() % 3 == 0 { options.clusterCount = 1 + Int(random.next() % 4) }
            if random.next() % 5 == 0 { options.refinement = .spherical }
            do {
                let data = try Points(values: values, count: n, dimension: d)
                let found = try InContextClustering.fit(data, options: options)
                #expect(found.sizes.reduce(0, +) == n && found.sizes.allSatisfy { $0 > 0 }, "seed \(seed)")
                #expect(found.distances.allSatisfy(\.isFinite) && found.metrics.inertia.isFinite, "seed \(seed)")
                #expect(found.model.centroids.allSatisfy { $0.allSatisfy(\.isFinite) }, "seed \(seed)")
            } catch let error as ClusteringError {
                // The linear layer has no more than d clusters.
                #expect(options.attention == .linear && (options.clusterCount ?? 0) > d, "seed \(seed): \(error)")
            }
        }
    }
}
