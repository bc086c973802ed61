import Foundation
import Testing

@testable import AttentionClustering

@Suite struct FitOptionsTests {
    static func failure(count: Int = 10, dimension: Int = 2, _ change: (inout FitOptions) -> Void) -> ClusteringError? {
        var options = FitOptions()
        change(&options)
        do throws(ClusteringError) {
            try options.validate(count: count, dimension: dimension)
            return nil
        } catch { return error }
    }

    @Test func defaultsAreValid() {
        #expect(Self.failure { _ in } == nil)
    }

    @Test func everyOptionOutsideItsRangeIsNamed() {
        let changes: [(String, (inout FitOptions) -> Void)] = [
            ("clusterCount", { $0.clusterCount = 0 }),
            ("regularization", { $0.regularization = -1 }),
            ("regularization", { $0.regularization = .nan }),
            ("contextLength", { $0.contextLength = 1 }),
            ("learningRate", { $0.learningRate = 0 }),
            ("learningRate", { $0.learningRate = .infinity }),
            ("maximumSteps", { $0.maximumSteps = 0 }),
            ("tolerance", { $0.tolerance = -0.1 }),
            ("maximumIterations", { $0.maximumIterations = 0 }),
            ("inverseTemperature", { $0.inverseTemperature = .fixed(0) }),
            ("start", { $0.start = .manifold([[1, 0]]) }),
            ("start", { $0.start = .manifold([[1, 0], [0, 0]]) }),
            ("start", { $0.start = .manifold([[1, 0], [.nan, 0]]) }),
        ]
        for (name, change) in changes {
            let error = Self.failure(change)
            #expect(error?.code == .invalidOption && error?.option == name)
            #expect(error?.detail.hasPrefix(name) == true && error?.description == error?.detail)
        }
    }

    @Test func fewerPointsThanClustersAreRefused() {
        let error = Self.failure(count: 2) { $0.clusterCount = 3 }
        #expect(error?.code == .tooFewPoints && error?.option == "clusterCount")
        #expect(error?.detail.contains("at most 2 clusters") == true)
        #expect(Self.failure(count: 0) { _ in }?.code == .tooFewPoints)
    }

    @Test func aSharedMatrixOfTooManyColumnsIsRefused() {
        let error = Self.failure(dimension: 513) { $0.refinement = .tied }
        #expect(error?.option == "refinement" && error?.detail.contains("513") == true)
        #expect(Self.failure(dimension: 512) { $0.refinement = .tied } == nil)
    }

    @Test func pointsNeedColumns() {
        #expect(Self.failure(dimension: 0) { _ in }?.code == .noColumns)
    }

    @Test func aFitChecksItsOptionsAndPoints() throws {
        var options = FitOptions()
        options.clusterCount = 4
        #expect(throws: ClusteringError.self) { try AttentionHeads.fit(points([[1], [2]]), options: options) }
        #expect {
            try AttentionHeads.fit(points([[1, 2], [2, 3], [3, .nan]]))
        } throws: { error in
            let error = error as? ClusteringError
            return error?.code == .nonFinite && error?.row == 2 && error?.column == 1
        }
    }

    @Test func optionsSurviveCoding() throws {
        var options = FitOptions()
        options.inverseTemperature = .fixed(0.3)
        options.start = .manifold([[1, 0], [0, 1]])
        options.seed = .max
        let decoded = try JSONDecoder().decode(FitOptions.self, from: JSONEncoder().encode(options))
        #expect(decoded == options)
    }
}
