import Testing

@testable import AttentionClustering

@Suite struct InContextClusteringTests {
    @Test func planarClustersAreFoundWithoutTheirNumber() throws {
        let data = try ModePlateauTests.planar(15, perCluster: 60)
        let clustering = try InContextClustering.fit(data.points)
        #expect(clustering.model.clusterCount == 15)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.99)
        #expect(clustering.warnings.isEmpty)
        #expect(clustering.model.heads.isEmpty)
        #expect(try clustering.model.assign(data.points).labels == clustering.assignments)
    }

    @Test func threadsDoNotChangeABit() throws {
        let data = try ModePlateauTests.planar(6, perCluster: 50)
        let one = try InContextClustering.fit(data.points)
        let three = try InContextClustering.fit(data.points, control: FitControl(threads: 3))
        #expect(one.model == three.model && one.assignments == three.assignments)
        #expect(one.confidence == three.confidence && one.metrics == three.metrics)
    }

    @Test func manyPointsAreQueriesToAFewKeys() throws {
        // More points than keys: every one is assigned.
        let data = try mixture([[0, 0], [6, 0], [0, 6]], sigma: 0.5, count: 9_000, seed: 3)
        var options = InContextOptions()
        options.maximumLayers = 20
        options.inverseTemperature = .fixed(1)
        let clustering = try InContextClustering.fit(data.points, options: options)
        #expect(clustering.model.clusterCount == 3)
        #expect(clustering.sizes.reduce(0, +) == 9_000)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.999)
    }

    @Test func aPointOfNoWeightIsNoKeyAndStillLabelled() throws {
        let data = try mixture([[0, 0], [6, 0], [0, 6]], sigma: 0.4, count: 600, seed: 3)
        var options = InContextOptions()
        options.inverseTemperature = .fixed(1)
        let weights = data.labels.map { $0 == 2 ? 0.0 : 2.5 }
        let clustering = try InContextClustering.fit(data.points, weights: weights, options: options)
        #expect(clustering.model.clusterCount == 2)
        #expect(clustering.assignments.count == 600)
        #expect(try InContextClustering.fit(data.points, options: options).model.clusterCount == 3)
        #expect(throws: ClusteringError.self) {
            try InContextClustering.fit(data.points, weights: weights.map { _ in 0 }, options: options)
        }
    }

    @Test func theCosineMetricSeesDirectionsOnly() throws {
        let data = try mixture([[10, 0, 0], [0, 10, 0], [0, 0, 10]], sigma: 1, count: 300, seed: 8)
        let stretched = try points(
            data.points.rows.enumerated().map { row, point in
                point.map { $0 * Float(1 + row % 50) }
            })
        var options = InContextOptions()
        options.metric = .cosine
        let clustering = try InContextClustering.fit(stretched, options: options)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.99)
        #expect(clustering.model.options.metric == .cosine)
    }

    @Test func farPointsAreSetAsideWhenAsked() throws {
        let data = try mixture([[0, 0], [8, 0], [0, 8]], sigma: 0.5, count: 600, seed: 8)
        let far: [[Float]] = [[1e4, 1e4], [-2e4, 1e4], [1e4, -3e4], [5e4, 0]]
        var options = InContextOptions()
        options.robust = true
        let clustering = try InContextClustering.fit(points(data.points.rows + far), options: options)
        #expect(clustering.outliers == [600, 601, 602, 603])
        #expect(clustering.model.clusterCount == 3)
        #expect(adjustedRandIndex(Array(clustering.assignments.prefix(600)), data.labels) > 0.99)
    }

    @Test func aGivenTemperatureDecidesHowManyModesThereAre() throws {
        let data = try mixture([[0, 0], [1, 0], [20, 0], [21, 0]], sigma: 0.1, count: 400, seed: 3)
        var options = InContextOptions()
        for (beta, count) in [(20.0, 4), (0.05, 2), (0.0005, 1)] {
            options.inverseTemperature = .fixed(beta)
            #expect(try InContextClustering.fit(data.points, options: options).model.clusterCount == count)
        }
    }

    @Test func aGivenNumberOfClustersPicksTheTemperature() throws {
        let data = try mixture([[0, 0], [1, 0], [20, 0], [21, 0]], sigma: 0.1, count: 400, seed: 3)
        var options = InContextOptions()
        for count in [1, 2, 4, 7] {
            options.clusterCount = count
            let clustering = try InContextClustering.fit(data.points, options: options)
            #expect(clustering.model.clusterCount == count && clustering.sizes.allSatisfy { $0 > 0 })
        }
        options.clusterCount = 1_000
        #expect(throws: Never.self) {
            let clustering = try InContextClustering.fit(data.points, options: options)
            #expect(clustering.warnings.count >= 1)
        }
    }

    @Test func refinementMovesTheCentroids() throws {
        let data = try mixture([[0, 0], [4, 0], [0, 4]], sigma: 1, count: 600, seed: 3)
        var options = InContextOptions()
        options.clusterCount = 3
        let plain = try InContextClustering.fit(data.points, options: options)
        options.refinement = .spherical
        let refined = try InContextClustering.fit(data.points, options: options)
        #expect(plain.iterations == 0 && refined.iterations > 1)
        #expect(plain.model.start == .modes && refined.model.start == .modes)
        #expect((refined.metrics.logLikelihood ?? 0) > (plain.metrics.logLikelihood ?? 0))
        #expect(adjustedRandIndex(refined.assignments, data.labels) > 0.8)
    }

    @Test func everyRefinementTakesTheModesAsItsStart() throws {
        let data = try mixture([[0, 0], [8, 0], [0, 8]], sigma: 1, count: 300, seed: 3)
        var options = InContextOptions()
        for refinement in Refinement.allCases {
            options.refinement = refinement
            let clustering = try InContextClustering.fit(data.points, options: options)
            #expect(clustering.model.clusterCount == 3 && clustering.model.start == .modes)
            #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.98)
        }
    }

    @Test func theLinearLayerCleansThePapersSettingFirst() throws {
        // In 40 dimensions noise of 0.3 hides the clusters from softmax attention; the linear layer removes it.
        var start = HeadStart(dimension: 40, count: 3, seed: 4)
        let centroids = start.frame().transposed.rowVectors
        let data = try mixture(centroids, sigma: 0.25, count: 900, seed: 8)
        var options = InContextOptions()
        options.attention = .linear
        let clustering = try InContextClustering.fit(data.points, options: options)
        #expect(clustering.model.clusterCount == 3)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.97)
    }

    @Test(arguments: [1, 2, 40, 600])
    func identicalPointsAreOneCluster(count: Int) throws {
        let data = try points([[Float]](repeating: [3, -1], count: count))
        for attention in InContextAttention.allCases {
            var options = InContextOptions()
            options.attention = attention
            let clustering = try InContextClustering.fit(data, options: options)
            #expect(clustering.model.clusterCount == 1 && clustering.sizes == [count])
            #expect(clustering.model.centroids == [[3, -1]])
        }
    }

    @Test(arguments: [Float(1e-30), 1, 1e30])
    func scaleDoesNotMatter(scale: Float) throws {
        let data = try mixture([[0], [10]], sigma: 1, count: 200, seed: 3)
        let scaled = try points(data.points.rows.map { [$0[0] * scale, 5 * scale] })
        let clustering = try InContextClustering.fit(scaled)
        #expect(clustering.model.clusterCount == 2)
        #expect(samePartition(clustering.assignments, data.labels))
    }

    @Test func aFarOutlierIsNoReasonToFail() throws {
        let data = try mixture([[0, 0], [10, 0]], sigma: 1, count: 200, seed: 3)
        let clustering = try InContextClustering.fit(try points(data.points.rows + [[1e9, 1e9]]))
        #expect(clustering.sizes.reduce(0, +) == 201)
        #expect(clustering.distances.allSatisfy { $0.isFinite })
    }

    @Test func mistakesAreNamed() throws {
        let data = try points([[0], [1]])
        var options = InContextOptions()
        options.inverseTemperature = .fixed(0)
        #expect(throws: ClusteringError.self) { try InContextClustering.fit(data, options: options) }
        options = InContextOptions()
        options.maximumLayers = 0
        #expect(throws: ClusteringError.self) { try InContextClustering.fit(data, options: options) }
        options = InContextOptions()
        options.clusterCount = 0
        #expect(throws: ClusteringError.self) { try InContextClustering.fit(data, options: options) }
        #expect(throws: ClusteringError.self) { try InContextClustering.fit(points([[1], [.infinity]])) }
        #expect(throws: ClusteringError.self) {
            try InContextClustering.fit(Points(values: [], count: 0, dimension: 1))
        }
    }

    @Test func aFitCanBeCancelledAndCutShort() throws {
        let data = try ModePlateauTests.planar(4, perCluster: 30)
        #expect(throws: CancellationError.self) {
            try InContextClustering.fit(data.points, control: FitControl(decide: { .cancel }))
        }
        let clustering = try InContextClustering.fit(data.points, control: FitControl(decide: { .finish }))
        #expect(clustering.sizes.reduce(0, +) == 120)
    }
}
