import Testing

@testable import AttentionClustering

@Suite struct SoftmaxHeadTests {
    static func objective(
        _ points: Points, heads: Int, length: Int, _ inverseTemperature: InverseTemperature, rho: Double = 0.5,
        threads: Int = 1
    ) throws -> SoftmaxHeadObjective {
        let source = TokenSource(rows: identityRows(points), lift: nil)
        let passes = RowPasses(control: FitControl(threads: threads))
        return SoftmaxHeadObjective(
            contexts: try SoftmaxContexts(source, length: length, headCount: heads, seed: 3, passes: passes),
            linear: HeadObjective(
                statistics: try MomentStatistics(source, passes: passes), contextLength: length, regularization: rho,
                inverseTemperature: inverseTemperature),
            passes: passes)
    }

    static func tokens() throws -> Points {
        try mixture([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], sigma: 0.3, count: 300, seed: 2).points
    }

    @Test(arguments: [1, 2, 3], [0.4, 3.0])
    func gradientAgreesWithCentralDifferences(k: Int, lambda: Double) throws {
        let objective = try Self.objective(Self.tokens(), heads: k, length: 6, .fixed(lambda), rho: 0.7)
        let heads = HeadObjectiveTests.randomHeads(4, k, seed: 9)
        let gradient = try #require(try objective.evaluate(heads)).gradient
        let h = 1e-5
        var worst = 0.0
        for r in 0..<4 {
            for c in 0..<k {
                var (up, down) = (heads, heads)
                up[r, c] += h
                down[r, c] -= h
                let rise = try #require(try objective.evaluate(up)).value
                let fall = try #require(try objective.evaluate(down)).value
                worst = max(worst, abs((rise - fall) / (2 * h) - gradient[r, c]))
            }
        }
        #expect(worst <= 1e-6 * gradient.norm, "\(worst / gradient.norm)")
    }

    @Test func riskIsThatOfAPlainAttention() throws {
        let points = try Self.tokens()
        let objective = try Self.objective(points, heads: 2, length: 5, .fixed(1.5), rho: 0)
        let heads = HeadObjectiveTests.randomHeads(4, 2, seed: 1)
        let contexts = objective.contexts
        var total = 0.0
        for c in 0..<contexts.count {
            let context = contexts.indices[c * 5..<(c + 1) * 5].map { points[Int($0)].map(Double.init) }
            var output = [Double](repeating: 0, count: 4)
            for k in 0..<2 {
                let head = heads.column(k)
                let scores = context.map { 1.5 * innerProduct(context[0], head) * innerProduct(head, $0) }
                let weights = scores.map { exponential($0) }
                let sum = weights.reduce(0, +)
                for (weight, token) in zip(weights, context) {
                    for j in 0..<4 { output[j] += 2 * (weight / sum - 0.2) * token[j] }
                }
            }
            total += squaredDistance(context[0], output)
        }
        let evaluation = try #require(try objective.evaluate(heads))
        #expect(abs(evaluation.risk - total / Double(contexts.count)) < 1e-12 * total)
        #expect(evaluation.value == evaluation.risk)
    }

    @Test func threadsDoNotChangeABit() throws {
        let points = try Self.tokens()
        let heads = HeadObjectiveTests.randomHeads(4, 2, seed: 1)
        let one = try #require(try Self.objective(points, heads: 2, length: 9, .automatic).evaluate(heads))
        let three = try #require(
            try Self.objective(points, heads: 2, length: 9, .automatic, threads: 3).evaluate(heads))
        #expect(one.gradient == three.gradient && one.value == three.value)
    }

    @Test func softmaxHeadsFindThePapersCentroids() throws {
        var options = FitOptions()
        options.preprocessing = .none
        options.solver = .gradient
        options.attention = .softmax
        options.refinement = .none
        options.learningRate = 0.3
        options.contextLength = 12
        options.tolerance = 1e-4
        options.maximumSteps = 300
        let data = try PaperSetting.data.get()
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.stopReason == .converged)
        #expect(headDistance(clustering.model.heads, PaperSetting.centroids) < 0.2)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.9)
    }

    @Test func softmaxHeadsWorkInTheLiftedSpace() throws {
        let data = try mixture([[9, 0, 1], [-6, 5, 0], [0, -7, -3]], sigma: 0.8, count: 900, seed: 7)
        var options = FitOptions()
        options.clusterCount = 3
        options.solver = .gradient
        options.attention = .softmax
        options.contextLength = 8
        options.maximumSteps = 200
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.model.start == .heads)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.99)
        #expect(clustering.model.options.attention == .softmax)
    }

    @Test func contextsAreBounded() throws {
        let source = TokenSource(rows: identityRows(try Self.tokens()), lift: nil)
        let contexts = try SoftmaxContexts(
            source, length: 1_000_000, headCount: 2, seed: 1, passes: RowPasses())
        #expect(contexts.length == SoftmaxContexts.lengthLimit)
        #expect(contexts.count * contexts.length <= 1 << 21)
        #expect(contexts.indices.allSatisfy { (0..<300).contains($0) })
    }
}
