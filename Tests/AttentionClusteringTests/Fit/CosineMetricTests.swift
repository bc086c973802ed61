import Foundation
import Testing

@testable import AttentionClustering

@Suite struct CosineMetricTests {
    /// Points in three directions from the origin, at lengths over many orders of magnitude.
    static func data(scale: Double = 1) throws -> LabelledPoints {
        var random = RandomSource(seed: 8, stream: 1)
        var (values, labels): ([Float], [Int32]) = ([], [])
        for i in 0..<600 {
            let k = i % 3
            let length = exponential(3 * random.normal()) * scale
            for j in 0..<4 { values.append(Float(length * ((j == k ? 1 : 0) + 0.15 * random.normal()))) }
            labels.append(Int32(k))
        }
        return LabelledPoints(points: try Points(values: values, count: 600, dimension: 4), labels: labels)
    }

    static let options: FitOptions = {
        var options = FitOptions()
        options.clusterCount = 3
        options.metric = .cosine
        return options
    }()

    @Test(arguments: [1e-25, 1, 1e25])
    func directionsAreClusteredWhateverTheLength(scale: Double) throws {
        let data = try Self.data(scale: scale)
        for initialization in [Initialization.automatic, .seeds, .modes] {
            var options = Self.options
            options.initialization = initialization
            let clustering = try AttentionHeads.fit(data.points, options: options)
            #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.97)
            for centroid in clustering.model.centroids {
                #expect(abs(innerProduct(centroid, centroid).squareRoot() - 1) < 1e-5)
            }
            let again = try clustering.model.assign(data.points)
            #expect(again.labels == clustering.assignments && again.distances == clustering.distances)
        }
    }

    @Test func equalWeightsSendPointsToTheNearestDirection() throws {
        let clustering = try AttentionHeads.fit(Self.data().points, options: Self.options)
        let model = clustering.model
        let row = try Self.data().points[7].map(Double.init)
        let cosines = model.centroids.map { innerProduct($0, row) / innerProduct(row, row).squareRoot() }
        #expect(Int(clustering.assignments[7]) == cosines.firstIndex(of: cosines.max() ?? 0))
    }

    @Test func pointsAtTheOriginAreAssignedSomewhere() throws {
        let rows = try Self.data().points.rows + [[0, 0, 0, 0]]
        let clustering = try AttentionHeads.fit(points(rows), options: Self.options)
        #expect(clustering.distances.allSatisfy { $0.isFinite } && clustering.sizes.reduce(0, +) == 601)
    }

    @Test func whatDoesNotGoWithItIsRefused() throws {
        for change in [{ (o: inout FitOptions) in o.standardize = true }, { $0.refinement = .full }] {
            var options = Self.options
            change(&options)
            #expect(throws: ClusteringError.self) { try AttentionHeads.fit(Self.data().points, options: options) }
        }
    }

    @Test func optionsOfAnOlderEncodingKeepTheDefaultsOfWhatTheyLack() throws {
        let decoded = try JSONDecoder().decode(FitOptions.self, from: Data(#"{"clusterCount":7}"#.utf8))
        var expected = FitOptions()
        expected.clusterCount = 7
        #expect(decoded == expected)
        #expect(try JSONDecoder().decode(FitOptions.self, from: JSONEncoder().encode(Self.options)) == Self.options)
    }
}
