import Testing

@testable import AttentionClustering

/// Labels beside the rule of ``AssignmentRule`` written down plainly, one point after the other in double precision.
@Suite struct ReferenceAssignmentTests {
    @Test(arguments: [Refinement.spherical, .diagonal, .tied, .full], [false, true])
    func labelsAreThoseOfThePlainRule(refinement: Refinement, standardize: Bool) throws {
        for seed in 0..<25 as Range<UInt64> {
            var options = FitOptions()
            (options.refinement, options.standardize, options.seed) = (refinement, standardize, seed)
            try Self.check(seed, options)
        }
    }

    @Test func labelsOfDirectionsAreThoseOfThePlainRule() throws {
        for seed in 25..<50 as Range<UInt64> {
            var options = FitOptions()
            (options.refinement, options.metric, options.seed) = (.spherical, .cosine, seed)
            try Self.check(seed, options)
        }
    }

    private static func check(_ seed: UInt64, _ options: FitOptions) throws {
        var random = RandomSource(seed: seed, stream: 31)
        var options = options
        options.clusterCount = 2 + Int(seed % 4)
        // On a line there are two directions only.
        let d = (options.metric == .cosine ? 2 : 1) + Int(random.next() % 4)
        let centres = (0..<options.clusterCount).map { _ in (0..<d).map { _ in 3 * random.normal() + 1 } }
        let data = try mixture(centres, sigma: 1, count: 60, seed: seed).points
        let clustering = try AttentionHeads.fit(data, options: options)
        var compared = 0
        for (row, point) in data.rows.enumerated() {
            let scores = try scores(of: point.map(Double.init), clustering.model)
            let order = scores.indices.sorted { scores[$0] > scores[$1] }
            try #require(order.count > 1)
            guard scores[order[0]] - scores[order[1]] > 1e-3 else { continue }
            compared += 1
            #expect(Int(clustering.assignments[row]) == order[0], "seed \(seed), row \(row)")
            let total = scores.reduce(0) { $0 + exponential($1 - scores[order[0]]) }
            #expect(abs(Double(clustering.confidence[row]) - 1 / total) < 1e-3, "seed \(seed), row \(row)")
        }
        #expect(compared > 50)
    }

    /// log π_k + ½ log det A_k − ½(x − c_k)ᵀA_k(x − c_k).
    private static func scores(of point: [Double], _ model: ClusterModel) throws -> [Double] {
        guard case .centroids(let metric) = model.rule else {
            Issue.record("a refined model compares with centroids")
            return []
        }
        let d = point.count
        let length = model.options.metric == .cosine ? point.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
        return model.centroids.indices.map { k in
            let e = (0..<d).map { j in
                let factor = Double(model.frame.powers[j]) * Double(model.frame.scales[j]) * model.frame.unit
                return (point[j] / length - model.centroids[k][j]) * (model.frame.standardized ? factor : 1)
            }
            let own: [[Double]] =
                switch metric {
                case .spherical(let precision): diagonal([Double](repeating: precision, count: d))
                case .diagonal(let precisions): diagonal(precisions[k])
                case .tied(let precision): precision
                case .full(let precisions): precisions[k]
                }
            var square = 0.0
            for i in 0..<d { for j in 0..<d { square += e[i] * own[i][j] * e[j] } }
            return logarithm(model.weights[k]) + 0.5 * logarithm(determinant(own)) - 0.5 * square
        }
    }

    private static func diagonal(_ values: [Double]) -> [[Double]] {
        values.indices.map { i in values.indices.map { i == $0 ? values[i] : 0 } }
    }

    private static func determinant(_ matrix: [[Double]]) -> Double {
        var a = matrix
        var product = 1.0
        for i in a.indices {
            product *= a[i][i]
            for r in a.indices.dropFirst(i + 1) {
                let factor = a[r][i] / a[i][i]
                for c in a.indices { a[r][c] -= factor * a[i][c] }
            }
        }
        return product
    }
}
