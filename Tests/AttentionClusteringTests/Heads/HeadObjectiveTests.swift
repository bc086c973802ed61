import Testing

@testable import AttentionClustering

@Suite struct HeadObjectiveTests {
    /// Six points in three dimensions: few enough to enumerate every context of four tokens.
    static let tokens: [[Double]] = [
        [0.5, 0.25, -1], [1, -0.5, 0.75], [-0.25, 1.5, 0.5], [0.125, -1, -0.5], [-1.25, 0.5, 0.25], [0.75, 1, 1.5],
    ]

    static func source(_ tokens: [[Double]]) throws -> TokenSource {
        TokenSource(rows: identityRows(try points(tokens.map { $0.map(Float.init) })), lift: nil)
    }

    static func randomHeads(_ m: Int, _ k: Int, seed: UInt64) -> Matrix {
        var start = HeadStart(dimension: m, count: k, seed: seed)
        return start.sphere()
    }

    /// E‖X_1 − T(X)_1‖² over all contexts of `length` tokens drawn with replacement.
    static func enumeratedRisk(_ tokens: [[Double]], heads: Matrix, lambda: Double, length: Int) -> Double {
        let a = Double(heads.columns) * lambda / Double(length)
        let m = heads.times(heads.transposed)
        let n = tokens.count
        var total = 0.0
        var contexts = 1
        for _ in 0..<length { contexts *= n }
        for code in 0..<contexts {
            var rest = code
            let context = (0..<length).map { _ -> [Double] in
                defer { rest /= n }
                return tokens[rest % n]
            }
            let query = (0..<m.rows).map { r in innerProduct(m.row(r), context[0]) }
            var output = [Double](repeating: 0, count: m.rows)
            for key in context {
                let score = a * innerProduct(query, key)
                for j in output.indices { output[j] += score * key[j] }
            }
            total += squaredDistance(context[0], output)
        }
        return total / Double(contexts)
    }

    @Test(arguments: [1, 2, 3], [2, 4])
    func closedFormRiskIsTheMeanOverAllContexts(k: Int, length: Int) throws {
        let heads = Self.randomHeads(3, k, seed: UInt64(k))
        let statistics = try MomentStatistics(Self.source(Self.tokens), passes: RowPasses())
        let objective = HeadObjective(
            statistics: statistics, contextLength: length, regularization: 0.5, inverseTemperature: .fixed(0.6))
        let evaluation = try #require(try objective.evaluate(heads))
        let enumerated = Self.enumeratedRisk(Self.tokens, heads: heads, lambda: 0.6, length: length)
        #expect(abs(evaluation.risk - enumerated) < 1e-12 * abs(enumerated))
    }

    @Test func regularizerIsTheMeanOfProductsOfSquaredAnswers() throws {
        let heads = Self.randomHeads(3, 3, seed: 4)
        let statistics = try MomentStatistics(Self.source(Self.tokens), passes: RowPasses())
        let objective = HeadObjective(
            statistics: statistics, contextLength: 5, regularization: 0.5, inverseTemperature: .fixed(0.6))
        var expected = 0.0
        for token in Self.tokens {
            let squares = (0..<3).map { innerProduct(heads.column($0), token) }.map { $0 * $0 }
            for j in 0..<3 { for k in j + 1..<3 { expected += squares[j] * squares[k] / 6 } }
        }
        let evaluation = try #require(try objective.evaluate(heads))
        #expect(abs(evaluation.regularizer - expected) < 1e-12)
        #expect(evaluation.value == evaluation.risk + 0.5 * evaluation.regularizer)
    }

    @Test(arguments: [1, 2, 3])
    func gradientAgreesWithCentralDifferences(k: Int) throws {
        let heads = Self.randomHeads(3, k, seed: 9)
        let statistics = try MomentStatistics(Self.source(Self.tokens), passes: RowPasses())
        let objective = HeadObjective(
            statistics: statistics, contextLength: 30, regularization: 0.7, inverseTemperature: .fixed(0.8))
        let gradient = try #require(try objective.evaluate(heads)).gradient
        let h = 1e-5
        var worst = 0.0
        for r in 0..<3 {
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

    @Test func bestInverseTemperatureMinimisesTheRisk() throws {
        let heads = Self.randomHeads(3, 2, seed: 5)
        let statistics = try MomentStatistics(Self.source(Self.tokens), passes: RowPasses())
        func risk(_ value: InverseTemperature) throws -> HeadObjective.Evaluation {
            try #require(
                try HeadObjective(
                    statistics: statistics, contextLength: 10, regularization: 0, inverseTemperature: value
                ).evaluate(heads))
        }
        let best = try risk(.automatic).bestInverseTemperature
        let least = try risk(.fixed(best)).risk
        #expect(try risk(.fixed(best * 1.01)).risk > least)
        #expect(try risk(.fixed(best * 0.99)).risk > least)
    }
}
