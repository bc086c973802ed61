import Testing

@testable import AttentionClustering

@Suite struct DegenerateInputTests {
    static let settings: [FitOptions] = {
        var all: [FitOptions] = []
        for preprocessing in Preprocessing.allCases {
            for solver in Solver.allCases {
                for refinement in Refinement.allCases {
                    for standardize in [false, true] {
                        var options = FitOptions()
                        options.preprocessing = preprocessing
                        options.solver = solver
                        options.refinement = refinement
                        options.standardize = standardize
                        options.maximumSteps = 200
                        all.append(options)
                    }
                }
            }
        }
        return all
    }()

    /// Fits under every setting and checks what must always hold.
    static func check(_ points: Points, k: Int, clusters: Int? = nil, _ also: (Clustering) -> Void = { _ in }) throws {
        for setting in settings {
            var options = setting
            options.clusterCount = k
            let clustering = try AttentionHeads.fit(points, options: options)
            let model = clustering.model
            let about: Comment =
                "\(setting.preprocessing) \(setting.solver) \(setting.refinement) standardize \(setting.standardize)"
            #expect(model.clusterCount == clusters ?? k, about)
            #expect(clustering.sizes.count == model.clusterCount && clustering.sizes.allSatisfy { $0 > 0 }, about)
            #expect(clustering.sizes == clustering.sizes.sorted(by: >), about)
            #expect(clustering.sizes.reduce(0, +) == points.count, about)
            for k in 0..<model.clusterCount {
                #expect(clustering.assignments.count { $0 == Int32(k) } == clustering.sizes[k], about)
            }
            #expect(model.centroids.allSatisfy { $0.allSatisfy { $0.isFinite } }, about)
            #expect(model.heads.allSatisfy { $0.allSatisfy { $0.isFinite } }, about)
            #expect(abs(model.weights.reduce(0, +) - 1) < 1e-9, about)
            #expect(clustering.distances.allSatisfy { $0.isFinite && $0 >= 0 }, about)
            #expect(clustering.confidence.allSatisfy { $0 > 0 && $0 <= 1.0001 }, about)
            #expect(clustering.metrics.inertia.isFinite && clustering.metrics.objective.isFinite, about)
            #expect(clustering.metrics.logLikelihood?.isFinite ?? true, about)
            #expect(clustering.objectiveHistory.allSatisfy { $0.isFinite }, about)
            let again = try model.assign(points)
            #expect(again.labels == clustering.assignments && again.confidence == clustering.confidence, about)
            also(clustering)
        }
    }

    static func cloud(_ count: Int, _ dimension: Int, seed: UInt64 = 1) throws -> Points {
        try mixture(
            [[Double](repeating: -3, count: dimension), [Double](repeating: 3, count: dimension)], sigma: 1,
            count: count, seed: seed
        ).points
    }

    @Test func oneCluster() throws { try Self.check(Self.cloud(40, 3), k: 1) }
    @Test func oneColumn() throws { try Self.check(Self.cloud(60, 1), k: 2) }
    @Test func moreClustersThanColumns() throws { try Self.check(Self.cloud(60, 1), k: 5) }
    @Test func onePoint() throws { try Self.check(points([[3, 4]]), k: 1) }
    @Test func asManyPointsAsClusters() throws {
        try Self.check(points([[0, 1], [5, 2], [3, -4], [9, 9], [-7, 0]]), k: 5) { clustering in
            #expect(clustering.sizes == [1, 1, 1, 1, 1])
        }
    }

    @Test func identicalPointsMakeOneCluster() throws {
        try Self.check(points([[Float]](repeating: [2, 7, 1], count: 20)), k: 3, clusters: 1) { clustering in
            #expect(clustering.warnings.contains { $0.contains("1 distinct point") })
            #expect(clustering.distances.allSatisfy { $0 == 0 })
        }
    }

    @Test func fewDistinctPointsMakeAsManyClusters() throws {
        let rows = (0..<30).map { [Float($0 % 3), Float($0 % 3 == 1 ? 4 : 0)] }
        try Self.check(points(rows), k: 5, clusters: 3) { clustering in
            #expect(clustering.sizes == [10, 10, 10])
            #expect(clustering.warnings.contains { $0.contains("3 distinct points") })
        }
        try Self.check(points(rows), k: 3) { #expect($0.sizes == [10, 10, 10]) }
    }

    @Test func constantColumns() throws {
        let rows = try Self.cloud(50, 2).rows.map { [5, $0[0], -1e10, $0[1], 0] }
        try Self.check(points(rows), k: 3)
    }

    @Test func duplicateColumns() throws {
        let rows = try Self.cloud(50, 1).rows.map { [$0[0], $0[0], $0[0]] }
        try Self.check(points(rows), k: 3)
    }

    @Test func collinearPoints() throws {
        let rows = (0..<40).map { [Float($0), 3 * Float($0) - 7, -0.5 * Float($0)] }
        try Self.check(points(rows), k: 4)
    }

    @Test(arguments: [Float(1e-44), 1e-38, 1e-30, 1e30, 1.5e38])
    func extremeScales(scale: Float) throws {
        let rows = try Self.cloud(50, 2).rows.map { $0.map { ($0 / 4).rounded() * scale / 2 } }
        try Self.check(points(rows), k: 2)
    }

    @Test func columnsOfDifferentScales() throws {
        let rows = try Self.cloud(50, 2).rows.map { [$0[0] * 1e30, $0[1] * 1e-30] }
        try Self.check(points(rows), k: 2)
    }

    @Test func largeOffsets() throws {
        let rows = try Self.cloud(50, 2).rows.map { $0.map { $0 + 100_000 } }
        try Self.check(points(rows), k: 2) { #expect($0.confidence.allSatisfy { $0.isFinite }) }
        var options = FitOptions()
        options.clusterCount = 2
        let shifted = try AttentionHeads.fit(points(rows), options: options)
        let straight = try AttentionHeads.fit(Self.cloud(50, 2), options: options)
        #expect(samePartition(shifted.assignments, straight.assignments))
    }

    @Test(arguments: [Float(1e3), 1e6, 1e30])
    func oneFarOutlier(distance: Float) throws {
        let rows = try Self.cloud(50, 2).rows + [[distance, -distance]]
        try Self.check(points(rows), k: 2)
        try Self.check(points(rows), k: 3)
    }

    @Test func pointsThatSinglePrecisionCannotTellApartMakeFewerClustersAndAWarning() throws {
        let rows = try points(Self.cloud(50, 2).rows + [[3e38, -3e38]])
        try Self.check(rows, k: 2)
        for standardize in [false, true] {
            var options = FitOptions()
            options.clusterCount = 3
            options.standardize = standardize
            let clustering = try AttentionHeads.fit(rows, options: options)
            #expect(clustering.sizes == [50, 1])
            #expect(clustering.warnings.contains { $0.contains("single precision") })
        }
    }

    @Test func outliersOnBothSides() throws {
        let rows = try Self.cloud(20, 2).rows + [[3.4e38, 3.4e38], [-3.4e38, -3.4e38]]
        try Self.check(points(rows), k: 3)
    }

    @Test func valuesOnAGrid() throws {
        let rows = (0..<64).map { [Float($0 % 8), Float($0 / 8)] }
        for k in [2, 4, 7] { try Self.check(points(rows), k: k) }
    }

    @Test func pointsFarFromTheTrainingDataAreAssigned() throws {
        let rows = try Self.cloud(50, 2).rows.map { $0.map { $0 * 1e-20 } }
        for setting in Self.settings {
            let model = try AttentionHeads.fit(points(rows), options: setting).model
            let answer = try model.assign(points([[3e38, 3e38], [-3e38, 0], [0, 0]]))
            #expect(answer.distances.allSatisfy { $0.isFinite })
            #expect(answer.confidence.allSatisfy { $0 > 0 && $0 <= 1.0001 })
        }
    }
}
