import Foundation
import Testing

@testable import AttentionClustering

@Suite struct ClusterModelTests {
    static func model() throws -> ClusterModel {
        let data = try mixture([[5, 0], [-5, 0]], sigma: 1, count: 300, seed: 1)
        return try AttentionHeads.fit(data.points).model
    }

    @Test func newPointsGoToTheNearestOfTwoEqualClusters() throws {
        let model = try Self.model()
        let right = Int32(model.centroids[0][0] > 0 ? 0 : 1)
        let answer = try model.assign(points([[4, 1], [-6, 2], [5, 0]]))
        #expect(answer.labels == [right, 1 - right, right])
        #expect(answer.confidence.allSatisfy { $0 > 0.99 })
        #expect(answer.distances[2] < 0.5)
    }

    @Test(arguments: [Refinement.spherical, .diagonal, .tied, .full, .none], [false, true])
    func pointsFarFromTrainingGetTheirTrueDistance(refinement: Refinement, standardize: Bool) throws {
        let data = try mixture([[5, 0], [-5, 0]], sigma: 1, count: 300, seed: 1)
        var options = FitOptions()
        options.refinement = refinement
        options.standardize = standardize
        let model = try AttentionHeads.fit(data.points, options: options).model
        let far: [[Float]] = [[1e3, 1e3], [1e5, 1], [-1e9, 1e8], [3e20, 3e19], [-2e38, 0], [5, 0]]
        let answer = try model.assign(points(far))
        for (row, point) in far.enumerated() {
            let centroid = model.centroids[Int(answer.labels[row])]
            let expected = (0..<2).reduce(0.0) { sum, column in
                let scale =
                    standardize ? Double(model.frame.reported.powers[column] * model.frame.reported.scales[column]) : 1
                let difference = (Double(point[column]) - centroid[column]) * scale
                return sum + difference * difference
            }.squareRoot()
            #expect(abs(Double(answer.distances[row]) / expected - 1) < 1e-4, "\(point)")
        }
        let right = Int32(model.centroids[0][0] > 0 ? 0 : 1)
        if refinement == .spherical { #expect(answer.labels == [right, right, 1 - right, right, 1 - right, right]) }
    }

    @Test func anotherDimensionIsRefused() throws {
        let model = try Self.model()
        #expect {
            try model.assign(points([[1, 2, 3]]))
        } throws: { ($0 as? ClusteringError)?.code == .dimensionMismatch }
    }

    @Test func nonFinitePointsAreRefusedWithTheirRow() throws {
        let model = try Self.model()
        #expect {
            try model.assign(points([[1, 2], [.nan, 2]]))
        } throws: { error in
            let error = error as? ClusteringError
            return error?.code == .nonFinite && error?.row == 1 && error?.column == 0
        }
    }

    @Test func noPointsMakeAnEmptyAnswer() throws {
        let none = try Points(values: [], count: 0, dimension: 2)
        #expect(try Self.model().assign(none).labels.isEmpty)
    }

    @Test func assigningCanBeCancelled() throws {
        let model = try Self.model()
        #expect(throws: CancellationError.self) {
            try model.assign(points([[1, 2]]), control: FitControl(decide: { .cancel }))
        }
    }

    @Test func aModelThatContradictsItselfIsRefused() throws {
        let text = try String(decoding: JSONEncoder().encode(Self.model()), as: UTF8.self)
        for (from, to) in [("\"clusterCount\":2", "\"clusterCount\":3"), ("\"dimension\":2", "\"dimension\":1")] {
            let broken = try JSONDecoder().decode(
                ClusterModel.self, from: Data(text.replacingOccurrences(of: from, with: to).utf8))
            #expect {
                try broken.assign(points([[1, 2]]))
            } throws: { ($0 as? ClusteringError)?.code == .invalidModel }
        }
    }

    @Test func standardizedDistancesCountStandardDeviations() throws {
        let data = try mixture([[5_000, 5_000], [-5_000, -5_000]], sigma: 1, count: 300, seed: 1)
        var options = FitOptions()
        options.standardize = true
        let clustering = try AttentionHeads.fit(data.points, options: options)
        let spread = clustering.model.centroids.map { abs($0[0]) }
        #expect(spread.allSatisfy { abs($0 - 5_000) < 1 })
        #expect(clustering.distances.allSatisfy { $0 < 5 })
        #expect(adjustedRandIndex(clustering.assignments, data.labels) == 1)
    }

    @Test func framesMapThereAndBack() {
        let frame = CoordinateFrame(
            offsets: [5, -1], powers: [4, 0.5], scales: [0.3, 0], standardized: true, unit: 1)
        #expect(abs(frame.dataValue(frame.coordinate(7.25, column: 0), column: 0) - 7.25) < 1e-6)
        #expect(frame.dataValue(frame.coordinate(7.25, column: 1), column: 1) == -1)
    }
}
