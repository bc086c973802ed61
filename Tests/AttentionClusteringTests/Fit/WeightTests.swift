import Testing

@testable import AttentionClustering

@Suite struct WeightTests {
    static func data() throws -> LabelledPoints {
        try mixture([[3, 0, 0], [-2, 2, 0], [0, -3, 1]], sigma: 1, count: 240, seed: 12)
    }

    static let weights: [Double] = (0..<240).map { Double(1 + $0 % 3) }

    static func options(_ change: (inout FitOptions) -> Void = { _ in }) -> FitOptions {
        var options = FitOptions()
        options.clusterCount = 3
        change(&options)
        return options
    }

    static let settings: [FitOptions] = {
        var all = Refinement.allCases.map { kind in options { $0.refinement = kind } }
        all.append(options { $0.solver = .gradient })
        all.append(options { $0.initialization = .seeds })
        all.append(options { $0.initialization = .modes })
        all.append(options { $0.standardize = true })
        all.append(options { $0.metric = .cosine })
        all.append(options { $0.clusterCount = 6 })
        all.append(
            options {
                $0.solver = .gradient
                $0.attention = .softmax
                $0.maximumSteps = 40
            })
        return all
    }()

    @Test(arguments: settings)
    func aWholeWeightIsThatManyEqualPoints(options: FitOptions) throws {
        let data = try Self.data().points
        let rows = data.rows
        let repeated = try points(
            rows.enumerated().flatMap { [[Float]](repeating: $0.element, count: Int(Self.weights[$0.offset])) })
        let weighted = try AttentionHeads.fit(data, weights: Self.weights, options: options)
        let copied = try AttentionHeads.fit(repeated, options: options)
        let labels = try copied.model.assign(data).labels
        // Seeds are drawn, so that two starts may find two partitions of as many clusters as overlap.
        #expect(adjustedRandIndex(weighted.assignments, labels) > (options.clusterCount > 3 ? 0.6 : 0.97))
        guard options.clusterCount == 3, options.attention == .linear else { return }
        #expect(abs(weighted.metrics.inertia - copied.metrics.inertia) < 0.01 * copied.metrics.inertia)
        if let a = weighted.metrics.bic, let b = copied.metrics.bic { #expect(abs(a - b) < 2e-3 * abs(b)) }
    }

    @Test(arguments: [Refinement.automatic, .spherical, .full])
    func aPointOfWeightZeroIsOnlyLabelled(refinement: Refinement) throws {
        let data = try Self.data().points
        let kept = (0..<240).filter { $0 % 5 != 0 }
        let rows = data.rows
        let options = Self.options { $0.refinement = refinement }
        let weighted = try AttentionHeads.fit(data, weights: (0..<240).map { $0 % 5 == 0 ? 0 : 1 }, options: options)
        let fewer = try AttentionHeads.fit(points(kept.map { rows[$0] }), options: options)
        #expect(adjustedRandIndex(kept.map { weighted.assignments[$0] }, fewer.assignments) > 0.99)
        #expect(weighted.assignments.count == 240)
        #expect(abs(weighted.metrics.inertia - fewer.metrics.inertia) < 1e-3 * fewer.metrics.inertia)
    }

    @Test func weightsOfOneChangeNoBit() throws {
        let data = try Self.data().points
        let ones = [Double](repeating: 1, count: 240)
        for options in Self.settings {
            DeterminismTests.expectSame(
                try AttentionHeads.fit(data, weights: ones, options: options),
                try AttentionHeads.fit(data, options: options))
        }
    }

    @Test func weightsThatAddUpToOneAreShares() throws {
        let data = try Self.data().points
        let shares = try AttentionHeads.fit(
            data, weights: [Double](repeating: 1.0 / 240, count: 240), options: Self.options())
        let plain = try AttentionHeads.fit(data, options: Self.options())
        #expect(samePartition(shares.assignments, plain.assignments))
    }

    @Test(arguments: [1e-3, 1, 7, 1e5, 1e9])
    func figuresAreInTheUnitsOfTheWeights(weight: Double) throws {
        let data = try Self.data().points
        // Of the other kinds a prior of some points is a part.
        let options = Self.options { $0.refinement = .spherical }
        let weighted = try AttentionHeads.fit(
            data, weights: [Double](repeating: weight, count: 240), options: options
        ).metrics
        let plain = try AttentionHeads.fit(data, options: options).metrics
        #expect(abs(weighted.inertia - weight * plain.inertia) < 1e-3 * weight * plain.inertia)
        // Weights of less than a point are shares of the points.
        let points = max(1, weight)
        let logLikelihood = try #require(plain.logLikelihood)
        #expect(abs(try #require(weighted.logLikelihood) - points * logLikelihood) < 1e-3 * points * abs(logLikelihood))
    }

    @Test func oneWeightFarAboveTheOthersCountsInFull() throws {
        let data = try Self.data().points
        let weights = (0..<240).map { $0 == 0 ? 1e7 : 1.0 }
        let clustering = try AttentionHeads.fit(data, weights: weights, options: Self.options())
        let inertia = clustering.distances.enumerated().reduce(0.0) {
            $0 + weights[$1.offset] * Double($1.element) * Double($1.element)
        }
        #expect(abs(clustering.metrics.inertia - inertia) < 1e-3 * inertia)
    }

    @Test func hugeAndTinyWeightsStayFinite() throws {
        let data = try Self.data().points
        let weights = (0..<240).map { $0 % 2 == 0 ? 1e300 : 1e-300 }
        let clustering = try AttentionHeads.fit(data, weights: weights, options: Self.options())
        #expect(clustering.metrics.inertia.isFinite && clustering.metrics.bic?.isFinite == true)
        #expect(clustering.model.centroids.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test func weightsThatCannotBeAreRefusedWithTheirRow() throws {
        let data = try Self.data().points
        var broken = Self.weights
        broken[17] = -1
        var infinite = Self.weights
        infinite[3] = .infinity
        let cases: [([Double], Int?)] = [
            ([1, 2], nil), ([Double](repeating: 0, count: 240), nil), (broken, 17), (infinite, 3),
        ]
        for (weights, row) in cases {
            #expect {
                try AttentionHeads.fit(data, weights: weights, options: Self.options())
            } throws: { error in
                let error = error as? ClusteringError
                return error?.option == "weights" && error?.row == row
            }
        }
    }

    @Test func weightedFitsDoNotDependOnThreads() throws {
        let data = try mixture([[3, 0, 0], [-2, 2, 0], [0, -3, 1]], sigma: 1, count: 6_000, seed: 3).points
        let weights = (0..<6_000).map { Double($0 % 4) }
        DeterminismTests.expectSame(
            try AttentionHeads.fit(data, weights: weights, options: Self.options()),
            try AttentionHeads.fit(
                data, weights: weights, options: Self.options(), control: FitControl(threads: 2)))
    }

    @Test func streamedAndMomentStatisticsWeighAlike() throws {
        let data = try Self.data().points
        let weights = try PointWeights(Self.weights, count: 240)
        let source = TokenSource(
            rows: FramedRows(points: data, frame: .identity(dimension: 3), weights: weights), lift: nil)
        let moments = try MomentStatistics(source, passes: RowPasses())
        let streamed = try StreamedStatistics(source, passes: RowPasses())
        let heads = HeadObjectiveTests.randomHeads(3, 3, seed: 8)
        let (a, b) = (try #require(try moments.responses(to: heads)), try #require(try streamed.responses(to: heads)))
        for (one, other) in [
            (a.qp, b.qp), (a.tp, b.tp), (a.qr, b.qr), (a.qwp, b.qwp), (a.cubes.responses, b.cubes.responses),
            (
                try #require(try moments.cubes(of: heads)).responses,
                try #require(try streamed.cubes(of: heads)).responses
            ),
            (moments.secondMoment, streamed.secondMoment),
        ] { #expect(TokenStatisticsTests.close(one, other, 1e-10)) }
        #expect(abs(a.q2w - b.q2w) < 1e-10 * b.q2w && abs(a.qt - b.qt) < 1e-10 * abs(b.qt))
        let mean = (0..<240).reduce(0.0) { $0 + Self.weights[$1] * Double(data[$1][0]) } / Self.weights.reduce(0, +)
        #expect(abs(moments.mean[0] - mean) < 1e-6)
    }
}
