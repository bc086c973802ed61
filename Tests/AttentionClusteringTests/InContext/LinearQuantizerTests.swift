import Testing

@testable import AttentionClustering

@Suite struct LinearQuantizerTests {
    /// E[‖T − E[T|z]‖² | z] and the largest ‖E[T|z] − μ*_z‖ over the clusters.
    static func spread(_ quantized: Points, _ labels: [Int32], _ centroids: [[Double]]) -> (
        variance: Double, distance: Double
    ) {
        let d = quantized.dimension
        var means = Matrix(rows: centroids.count, columns: d)
        var sizes = [Double](repeating: 0, count: centroids.count)
        for (row, label) in zip(quantized.rows, labels) {
            sizes[Int(label)] += 1
            for j in 0..<d { means[Int(label), j] += Double(row[j]) }
        }
        for k in centroids.indices { for j in 0..<d { means[k, j] /= sizes[k] } }
        let variance = zip(quantized.rows, labels).reduce(0) { sum, pair in
            sum + squaredDistance(pair.0.map(Double.init), means.row(Int(pair.1)))
        }
        let distances = centroids.indices.map { squaredDistance(means.row($0), centroids[$0]).squareRoot() }
        return (variance / Double(labels.count), distances.max() ?? 0)
    }

    @Test(arguments: [(5, 2, 0.3), (5, 2, 1.0), (20, 3, 0.5), (8, 8, 0.4)])
    func varianceAndMeansAreThoseOfTheClosedForm(d: Int, k: Int, sigma: Double) throws {
        var start = HeadStart(dimension: d, count: k, seed: 4)
        let centroids = start.frame().transposed.rowVectors
        let data = try mixture(centroids, sigma: sigma, count: 40_000, seed: 8)
        let noise = Double(k) * sigma * sigma
        let quantizer = try LinearQuantizer(
            data.points, clusterCount: k, inverseTemperature: .fixed(1 / (1 + noise)))
        let found = Self.spread(try quantizer.quantize(data.points), data.labels, centroids)
        let shrinkage = noise / (1 + noise)
        let expected = noise + Double(d - k) * sigma * sigma * shrinkage * shrinkage
        #expect(abs(found.variance / expected - 1) < 0.03, "\(found.variance) for \(expected)")
        // Sampling: each mean is off by sqrt(Kσ²K/N), and S by a like share.
        #expect(found.distance < 4 * (Double(k * k) * (sigma * sigma + 0.05) / 40_000).squareRoot())
        #expect(found.variance < Double(d) * sigma * sigma || d == k)
    }

    @Test func automaticInverseTemperatureIsTheClosedFormOne() throws {
        var start = HeadStart(dimension: 6, count: 3, seed: 4)
        let centroids = start.frame().transposed.rowVectors
        let data = try mixture(centroids, sigma: 0.2, count: 30_000, seed: 9)
        let quantizer = try LinearQuantizer(data.points)
        #expect(quantizer.clusterCount == 3)
        #expect(abs(quantizer.inverseTemperature * (1 + 3 * 0.2 * 0.2) - 1) < 0.01)
    }

    @Test func theLayerIsTheLimitOfLongContexts() throws {
        // Over the points themselves as context, T(x) = (Kλ/L) Σ_m ⟨x, x_m⟩ x_m.
        let data = try mixture([[1, 0, 0], [0, 1, 0]], sigma: 0.4, count: 50, seed: 3)
        let quantizer = try LinearQuantizer(data.points, clusterCount: 2, inverseTemperature: .fixed(0.7))
        let quantized = try quantizer.quantize(data.points, threads: 2)
        for row in [0, 17, 49] {
            let query = data.points[row].map(Double.init)
            var expected = [Double](repeating: 0, count: 3)
            for key in data.points.rows {
                let score = 2 * 0.7 / 50 * innerProduct(query, key.map(Double.init))
                for j in 0..<3 { expected[j] += score * Double(key[j]) }
            }
            #expect(squaredDistance(expected, quantized[row].map(Double.init)) < 1e-12)
        }
    }

    @Test func mistakesAreNamed() throws {
        let data = try mixture([[1, 0]], sigma: 1, count: 10, seed: 1)
        for count in [0, 3] {
            #expect(throws: ClusteringError.self) { try LinearQuantizer(data.points, clusterCount: count) }
        }
        #expect(throws: ClusteringError.self) { try LinearQuantizer(data.points, inverseTemperature: .fixed(-1)) }
        #expect(throws: ClusteringError.self) { try LinearQuantizer(try points([[.nan, 1]])) }
        #expect(throws: ClusteringError.self) { try LinearQuantizer(Points(values: [], count: 0, dimension: 2)) }
        let quantizer = try LinearQuantizer(data.points)
        #expect(throws: ClusteringError.self) { try quantizer.quantize(points([[1, 2, 3]])) }
    }
}
