import Foundation
import Testing

@testable import AttentionClustering

@Suite struct DeterminismTests {
    static func data() throws -> LabelledPoints {
        try mixture([[4, 0, 1], [-3, 2, 0], [0, -3, -1]], sigma: 1, count: 9_000, seed: 3)
    }

    static func options(_ k: Int = 3) -> FitOptions {
        var options = FitOptions()
        options.clusterCount = k
        options.seed = 5
        return options
    }

    static func expectSame(_ a: Clustering, _ b: Clustering) {
        #expect(a.model == b.model)
        #expect(a.assignments == b.assignments)
        #expect(a.distances.map(\.bitPattern) == b.distances.map(\.bitPattern))
        #expect(a.confidence.map(\.bitPattern) == b.confidence.map(\.bitPattern))
        #expect(a.objectiveHistory.map(\.bitPattern) == b.objectiveHistory.map(\.bitPattern))
        #expect(a.metrics == b.metrics)
    }

    @Test(arguments: [3, 7], [Solver.fixedPoint, .gradient])
    func resultsDoNotDependOnThreadsOrRuns(k: Int, solver: Solver) throws {
        let data = try Self.data()
        var options = Self.options(k)
        options.solver = solver
        let once = try AttentionHeads.fit(data.points, options: options)
        Self.expectSame(once, try AttentionHeads.fit(data.points, options: options))
        for threads in [2, 5] {
            Self.expectSame(
                once, try AttentionHeads.fit(data.points, options: options, control: FitControl(threads: threads)))
        }
    }

    @Test(arguments: [
        "sampled", "many heads", "wide", "cosine", "robust", "auto", "softmax", "many clusters in the plane",
    ])
    func noWayThroughTheLibraryDependsOnThreads(way: String) throws {
        var options = Self.options()
        var data = try Self.data().points
        switch way {
        case "sampled":
            options.clusterCount = 2
            data = try mixture([[2, 0], [-2, 0]], sigma: 0.8, count: 70_000, seed: 3).points
        case "many heads", "wide":
            options.clusterCount = way == "wide" ? 3 : 18
            let width = way == "wide" ? 520 : 20
            let centres = (0..<options.clusterCount).map { k in (0..<width).map { $0 == k ? 4.0 : 0 } }
            data = try mixture(centres, sigma: 1, count: 600, seed: 3).points
        case "cosine": options.metric = .cosine
        case "robust": options.robust = true
        case "auto": options.clusterCountSelection = .automatic(minimum: 1, maximum: 4)
        case "softmax": (options.solver, options.attention, options.maximumSteps) = (.gradient, .softmax, 5)
        default: options.clusterCount = 12
        }
        let once = try AttentionHeads.fit(data, options: options)
        let again = try AttentionHeads.fit(data, options: options, control: FitControl(threads: 2))
        Self.expectSame(once, again)
        #expect(once.candidates == again.candidates && once.selection == again.selection)
    }

    @Test func assigningTheTrainingPointsGivesTheSameAnswer() throws {
        let data = try Self.data()
        for refinement in Refinement.allCases {
            var options = Self.options()
            options.refinement = refinement
            let clustering = try AttentionHeads.fit(data.points, options: options)
            let again = try clustering.model.assign(data.points, threads: 2)
            #expect(again.labels == clustering.assignments)
            #expect(again.distances == clustering.distances)
            #expect(again.confidence == clustering.confidence)
        }
    }

    @Test func aDecodedModelAssignsAsTheEncodedOne() throws {
        for refinement in Refinement.allCases {
            for standardize in [true, false] {
                var options = Self.options()
                options.refinement = refinement
                options.standardize = standardize
                let clustering = try AttentionHeads.fit(Self.data().points, options: options)
                let decoded = try JSONDecoder().decode(
                    ClusterModel.self, from: JSONEncoder().encode(clustering.model))
                #expect(decoded == clustering.model)
                let again = try decoded.assign(Self.data().points)
                #expect(again.labels == clustering.assignments && again.confidence == clustering.confidence)
            }
        }
    }

    @Test func permutingPointsPermutesLabels() throws {
        let data = try Self.data()
        let order = Array(0..<9_000).map { ($0 * 7_001 + 13) % 9_000 }
        let rows = data.points.rows
        let shuffled = try AttentionHeads.fit(points(order.map { rows[$0] }), options: Self.options())
        let straight = try AttentionHeads.fit(data.points, options: Self.options())
        #expect(agreement(shuffled.assignments, order.map { straight.assignments[$0] }) > 0.999)
    }

    @Test(arguments: ["translate", "scale", "rotate", "tiny", "huge"])
    func movingTheDataLeavesThePartition(how: String) throws {
        let data = try Self.data()
        let (c, s) = (Float(0.6), Float(0.8))
        let moved = data.points.rows.map { x -> [Float] in
            switch how {
            case "translate": [x[0] + 1_000, x[1] - 500, x[2] + 250]
            case "scale": x.map { $0 * 37 }
            case "tiny": x.map { $0 * 1e-30 }
            case "huge": x.map { $0 * 1e30 }
            default: [c * x[0] - s * x[1], s * x[0] + c * x[1], x[2]]
            }
        }
        let straight = try AttentionHeads.fit(data.points, options: Self.options())
        let clustering = try AttentionHeads.fit(points(moved), options: Self.options())
        #expect(agreement(clustering.assignments, straight.assignments) > 0.999)
        #expect(clustering.stopReason == .converged)
    }

    /// The share of points that two labellings, both ordered by size, agree about.
    func agreement(_ a: [Int32], _ b: [Int32]) -> Double {
        Double(zip(a, b).count { $0 == $1 }) / Double(a.count)
    }
}
