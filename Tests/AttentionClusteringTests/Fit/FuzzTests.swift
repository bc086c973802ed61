import Testing

@testable import AttentionClustering

/// Small random cases of every shape, value and option: none may trap, hang or return a number that is not finite.
@Suite struct FuzzTests {
    static let cases = 10_000

    @Test(arguments: 0..<4)
    func noCaseTrapsHangsOrReturnsANonFiniteNumber(part: Int) throws {
        for index in stride(from: part, to: Self.cases, by: 4) { try Self.run(seed: UInt64(index)) }
    }

    static func run(seed: UInt64) throws {
        var random = RandomSource(seed: seed, stream: 55)
        let isLarge = random.next() % 50 == 0
        let count = 1 + Int(random.next() % (isLarge ? 200 : 24))
        // Wide points are seen along principal directions, of which there may be none.
        let isWide = random.next() % 100 == 0
        let dimension = isWide ? 33 + Int(random.next() % 40) : 1 + Int(random.next() % (isLarge ? 12 : 5))
        var values = drawn(count * dimension, &random)
        let broken = random.next() % 60 == 0 ? Int(random.next() % UInt64(values.count)) : nil
        if let broken { values[broken] = [Float.nan, .infinity, -.infinity][Int(random.next() % 3)] }
        let data = try Points(values: values, count: count, dimension: dimension)
        let options = Self.options(count: count, &random)
        let about: Comment = "seed \(seed)"
        let clustering: Clustering
        do {
            let weights = weights(count, &random)
            clustering =
                random.next() % 16 == 0
                ? try InContextClustering.fit(data, weights: weights, options: inContext(options, &random))
                : try AttentionHeads.fit(data, weights: weights, options: options)
        } catch let error as ClusteringError {
            if let broken, error.code == .nonFinite {
                #expect(error.row == broken / dimension && error.column == broken % dimension, about)
                return
            }
            #expect(error.code == .invalidOption || error.code == .tooFewPoints, about)
            return
        }
        #expect(broken == nil, about)
        #expect(
            clustering.model.clusterCount == clustering.model.options.clusterCount
                || clustering.warnings.contains {
                    $0.contains("distinct point") || $0.contains("single precision") || $0.contains("modes")
                },
            about)
        #expect(clustering.sizes.reduce(0, +) == count && clustering.sizes.allSatisfy { $0 > 0 }, about)
        #expect(clustering.distances.allSatisfy { $0.isFinite && $0 >= 0 }, about)
        #expect(clustering.confidence.allSatisfy { $0 > 0 && $0 <= 1.0001 }, about)
        #expect(clustering.model.centroids.allSatisfy { $0.allSatisfy { $0.isFinite } }, about)
        #expect(clustering.model.weights.allSatisfy { $0 > 0 && $0.isFinite }, about)
        #expect(clustering.objectiveHistory.allSatisfy { $0.isFinite }, about)
        let metrics = clustering.metrics
        #expect(metrics.inertia.isFinite && metrics.objective.isFinite, about)
        #expect((metrics.logLikelihood ?? 0).isFinite && (metrics.bic ?? 0).isFinite, about)
        #expect(try clustering.model.assign(data).labels == clustering.assignments, about)
    }

    private static func inContext(_ options: FitOptions, _ random: inout RandomSource) -> InContextOptions {
        var result = InContextOptions()
        result.clusterCount = random.next() % 2 == 0 ? nil : options.clusterCount
        result.standardize = options.standardize
        result.metric = options.metric
        result.robust = options.robust
        result.refinement = options.refinement
        result.attention = random.next() % 4 == 0 ? .linear : .softmax
        result.maximumLayers = 20
        return result
    }

    /// None as a rule; now and then whole, uneven or mostly zero ones.
    private static func weights(_ count: Int, _ random: inout RandomSource) -> [Double]? {
        switch random.next() % 12 {
        case 0: (0..<count).map { Double(1 + $0 % 3) }
        case 1: (0..<count).map { _ in exponential(4 * random.normal()) }
        case 2: (0..<count).map { $0 % 3 == 0 ? 1 : 0 }
        default: nil
        }
    }

    /// Normal, integer, sparse, constant or wildly scaled values, with outliers now and then.
    private static func drawn(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let kind = random.next() % 6
        let scale = [1, 1e-30, 1e30, 1e-5, 1e5, 1][Int(random.next() % 6)] as Float
        let offset = [0, 0, 0, 1e5][Int(random.next() % 4)] as Float
        var values = (0..<count).map { _ -> Float in
            switch kind {
            case 0: Float(random.normal()) * scale + offset
            case 1: Float(Int(random.next() % 3)) * scale
            case 2: random.next() % 4 == 0 ? Float(random.normal()) : 0
            case 3: scale
            case 4: Float(random.normal()) * Float(sign: .plus, exponent: Int(random.next() % 60) - 30, significand: 1)
            default: Float(Int(random.next() % 2) * 10) + Float(random.normal()) * 0.1
            }
        }
        if random.next() % 8 == 0 { values[Int(random.next() % UInt64(count))] = 3e38 }
        return values
    }

    private static func options(count: Int, _ random: inout RandomSource) -> FitOptions {
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        var options = FitOptions()
        options.seed = random.next()
        options.clusterCount = 1 + Int(random.next() % UInt64(min(count, 6)))
        options.refinement = pick(Refinement.allCases)
        options.initialization = pick([.automatic, .automatic, .heads, .heads, .seeds, .seeds])
        if random.next() % 24 == 0 { options.initialization = .modes }
        options.solver = pick(Solver.allCases)
        options.preprocessing = pick(Preprocessing.allCases)
        options.standardize = random.next() % 4 == 0
        options.robust = random.next() % 4 == 0
        options.metric = random.next() % 6 == 0 ? .cosine : .euclidean
        if options.solver == .gradient, random.next() % 8 == 0 { options.attention = .softmax }
        options.maximumSteps = options.attention == .softmax ? 3 : 20
        options.maximumIterations = pick([1, 20])
        if random.next() % 40 == 0 { options.clusterCountSelection = .automatic(minimum: 1, maximum: 4) }
        return options
    }
}
