import Testing

@testable import AttentionClustering

@Suite struct ClusterQualityTests {
    struct Recorded: Decodable {
        let name: String
        let dimension: Int
        let values: [Float]
        let labels: [Int32]
        let inertia: Double
        /// Silhouette, Davies-Bouldin, Calinski-Harabasz.
        let indices: [Double?]

        var points: Points {
            get throws { try Points(values: values, count: values.count / dimension, dimension: dimension) }
        }
    }

    static func indices(_ quality: ClusterQuality) -> [Double?] {
        [quality.silhouette, quality.daviesBouldin, quality.calinskiHarabasz]
    }

    static func isClose(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) <= 1e-9 * max(1, abs(b))
    }

    @Test func allIndicesEqualTheRecordedOnes() throws {
        let cases: [Recorded] = try recordedCases("cluster_quality.json")
        #expect(cases.count >= 12)
        for recorded in cases {
            for limits in [ClusterQuality.Limits.exact, .fit] {
                let quality = try ClusterQuality(recorded.points, labels: recorded.labels, limits: limits)
                for (own, other) in zip(Self.indices(quality), recorded.indices) {
                    #expect(Self.isClose(own, other), "\(recorded.name): \(String(describing: (own, other)))")
                }
                #expect(abs(quality.inertia - recorded.inertia) <= 1e-9 * recorded.inertia, "\(recorded.name)")
            }
        }
    }

    static func fourClusters(_ count: Int) throws -> LabelledPoints {
        try mixture([[0, 0, 0], [4, 0, 0], [0, 5, 0], [3, 3, 6]], sigma: 1, count: count, seed: 3)
    }

    @Test func samplesEstimateTheExactValues() throws {
        let data = try Self.fourClusters(9_000)
        let exact = try ClusterQuality(data.points, labels: data.labels)
        var limits = ClusterQuality.Limits.fit
        limits.values = 9_000
        let sampled = try ClusterQuality(data.points, labels: data.labels, limits: limits)
        #expect(exact.rowsMeasured == 9_000 && exact.silhouettesMeasured == 9_000)
        #expect(sampled.rowsMeasured == 3_000 && (500...2_000).contains(sampled.silhouettesMeasured))
        for (own, other) in zip(Self.indices(sampled), Self.indices(exact)) {
            #expect(abs((own ?? 0) / (other ?? 1) - 1) < 0.03, "\(String(describing: (own, other)))")
        }
        #expect(abs(sampled.inertia / exact.inertia - 1) < 0.03)
    }

    @Test(arguments: [ClusterQuality.Limits.exact, .fit])
    func threadsDoNotChangeABit(limits: ClusterQuality.Limits) throws {
        let data = try Self.fourClusters(5_000)
        let one = try ClusterQuality(data.points, labels: data.labels, limits: limits)
        let three = try ClusterQuality(
            data.points, labels: data.labels, limits: limits, control: FitControl(threads: 3))
        #expect(one == three)
    }

    @Test func pointsWithNegativeLabelsAreLeftOut() throws {
        let data = try Self.fourClusters(400)
        let kept = data.labels.indices.filter { $0 % 5 != 0 }
        let labels = data.labels.enumerated().map { $0.offset % 5 == 0 ? -1 : $0.element }
        let quality = try ClusterQuality(data.points, labels: labels)
        let alone = try ClusterQuality(
            try points(kept.map { data.points[$0] }), labels: kept.map { data.labels[$0] })
        #expect(quality == alone)
        #expect(quality.rowsMeasured == 320)
    }

    @Test func theFrameSaysWhichColumnsWeighHowMuch() throws {
        let data = try Self.fourClusters(500)
        let stretched = try points(data.points.rows.map { [$0[0] * 1_000, $0[1], $0[2]] })
        var options = FitOptions()
        options.clusterCount = 4
        options.standardize = true
        let model = try AttentionHeads.fit(stretched, options: options).model
        let standardized = try ClusterQuality(stretched, labels: data.labels, frame: model.frame)
        let plain = try ClusterQuality(stretched, labels: data.labels)
        let silhouette = try #require(standardized.silhouette)
        #expect(silhouette > 0.3 && silhouette > 0.2 + (plain.silhouette ?? 1))
        // In standardised units the total variance is three a point.
        #expect(standardized.inertia < 3 * 500 && standardized.inertia > 100)
    }

    @Test func nothingIsMeasuredOnNoPoints() throws {
        let quality = try ClusterQuality(try Points(values: [], count: 0, dimension: 2), labels: [])
        #expect(quality.inertia == 0 && quality.silhouette == nil && quality.calinskiHarabasz == nil)
    }

    @Test func labelsMustGoWithThePoints() throws {
        let points = try Self.fourClusters(10).points
        #expect(throws: ClusteringError.self) { try ClusterQuality(points, labels: [1, 2]) }
        #expect(throws: ClusteringError.self) {
            try ClusterQuality(points, labels: [Int32](repeating: 0, count: 10), frame: .identity(dimension: 7))
        }
    }

    @Test func measuringCanBeCancelled() throws {
        let data = try Self.fourClusters(100)
        #expect(throws: CancellationError.self) {
            try ClusterQuality(data.points, labels: data.labels, control: FitControl(decide: { .cancel }))
        }
    }
}
