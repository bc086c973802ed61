import Testing

@testable import AttentionClustering

@Suite struct ContextQuantizerTests {
    private static let centroids: [[Double]] = [[10_000, 0], [10_006, 0], [10_000, 6]]

    private func options(_ beta: Double = 1) -> InContextOptions {
        var options = InContextOptions()
        options.inverseTemperature = .fixed(beta)
        return options
    }

    /// With few points all of them are keys, and a layer can be written down.
    @Test func aLayerIsTheSumOverAllKeys() throws {
        let data = try mixture(Self.centroids, sigma: 1, count: 300, seed: 3)
        let weights = (0..<300).map { 0.5 + Double($0 % 4) }
        let quantizer = try ContextQuantizer(data.points, weights: weights, options: options(0.3))
        try #require(quantizer.centroids.count == 3)
        #expect(quantizer.keyCount > 250 && abs(quantizer.inverseTemperature - 0.3) < 1e-6)
        let run = try InContextRun(
            data.points, weights: try PointWeights(weights, count: 300), options: options(0.3), passes: RowPasses())
        let modes = try run.modes()
        let quantized = try quantizer.quantize(data.points)
        let tokens = modes.tree.tokens.indices.filter { modes.chosen.contains(modes.level.basins[$0]) }
        for row in 0..<300 {
            let x = data.points[row].map(Double.init)
            var shares = [Double](repeating: 0, count: 3)
            for token in tokens {
                let key = data.points[modes.tree.tokens[token]].map(Double.init)
                let square = squaredDistance(x, key)
                let mode = try #require(modes.chosen.firstIndex(of: modes.level.basins[token]))
                shares[mode] += weights[modes.tree.tokens[token]] * exponential(-0.3 * square)
            }
            let total = shares.reduce(0, +)
            for column in 0..<2 {
                let value = innerProduct(shares, quantizer.centroids.map { $0[column] }) / total
                #expect(abs(Double(quantized.values[row][column]) - value) < 2e-3)
            }
            let largest = try #require(shares.max())
            #expect(abs(Double(quantized.attention[row]) - largest / total) < 1e-4)
            #expect(shares[Int(quantized.labels[row])] > largest * 0.999)
        }
    }

    @Test func manyPointsAttendToABoundedNumberOfKeysOnAnyNumberOfThreads() throws {
        let data = try mixture(Self.centroids, sigma: 0.5, count: 6_000, seed: 3)
        let quantizer = try ContextQuantizer(data.points, options: options())
        #expect(quantizer.keyCount <= 2_048 && quantizer.centroids.count == 3)
        let one = try quantizer.quantize(data.points)
        let three = try quantizer.quantize(data.points, control: FitControl(threads: 3))
        #expect(one.labels == three.labels && one.attention == three.attention)
        #expect(one.values.rows == three.values.rows)
        #expect(adjustedRandIndex(one.labels, data.labels) > 0.999)
        let own = try InContextClustering.fit(data.points, options: options())
        #expect(adjustedRandIndex(one.labels, own.assignments) > 0.999)
    }

    @Test func twoBarsAreTwoClusters() throws {
        var random = RandomSource(seed: 5, stream: 0)
        let labels = (0..<2_000).map { Int32($0 % 2) }
        let values = labels.flatMap { label in
            label == 0
                ? [Float(8 * random.uniform()), Float(0.1 * random.normal())]
                : [Float(8 + 0.1 * random.normal()), Float(2 + 8 * random.uniform())]
        }
        let points = try Points(values: values, count: 2_000, dimension: 2)
        var options = InContextOptions()
        options.clusterCount = 2
        let quantized = try ContextQuantizer(points, options: options).quantize(points)
        #expect(adjustedRandIndex(quantized.labels, labels) > 0.9)
    }

    @Test func theCosineMetricSeesDirectionsOnly() throws {
        let data = try mixture([[10, 0, 0], [0, 10, 0], [0, 0, 10]], sigma: 1, count: 300, seed: 8)
        let stretched = try points(
            data.points.rows.enumerated().map { row, point in point.map { $0 * Float(1 + row % 50) } })
        var options = InContextOptions()
        options.metric = .cosine
        let quantizer = try ContextQuantizer(stretched, options: options)
        let quantized = try quantizer.quantize(stretched)
        #expect(adjustedRandIndex(quantized.labels, data.labels) > 0.99)
        #expect(quantizer.centroids.allSatisfy { abs(innerProduct($0, $0) - 1) < 1e-6 })
    }

    @Test func manyColumnsAreProjected() throws {
        let places = (0..<3).map { k in (0..<40).map { $0 == k ? 8.0 : 0 } }
        let data = try mixture(places, sigma: 0.5, count: 900, seed: 3)
        var options = InContextOptions()
        options.clusterCount = 3
        let quantizer = try ContextQuantizer(data.points, options: options)
        let quantized = try quantizer.quantize(data.points)
        #expect(adjustedRandIndex(quantized.labels, data.labels) > 0.999)
        #expect(quantized.values.dimension == 40)
        #expect(throws: ClusteringError.self) {
            try quantizer.quantize(Points(values: [1, 2], count: 1, dimension: 2))
        }
    }

    @Test func itCanBeCancelledAndSaysHowFarItIs() throws {
        let data = try mixture(Self.centroids, sigma: 0.5, count: 8_000, seed: 3)
        let quantizer = try ContextQuantizer(data.points, options: options())
        let flag = Flag()
        let control = FitControl(
            decide: { flag.isSet ? .cancel : .proceed },
            report: { if $0.phase == .assigning, $0.fraction > 0.3 { flag.set() } })
        #expect(throws: CancellationError.self) { try quantizer.quantize(data.points, control: control) }
        #expect(flag.isSet)
    }

    @Test func identicalPointsAreTheirOwnCentroid() throws {
        let points = try Points(values: [Float](repeating: 3, count: 20), count: 10, dimension: 2)
        let quantized = try ContextQuantizer(points).quantize(points)
        #expect(quantized.labels == [Int32](repeating: 0, count: 10))
        #expect(quantized.values.rows == points.rows)
    }
}
