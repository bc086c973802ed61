import Testing

@testable import AttentionClustering

@Suite struct MixtureRefinementTests {
    /// Overlapping clusters of different shapes, some of few points.
    static func data(_ seed: UInt64, count: Int = 240, dimension d: Int = 3) throws -> Points {
        var random = RandomSource(seed: seed, stream: 7)
        var values: [Float] = []
        for i in 0..<count {
            let k = i % 9 == 0 ? 2 : i % 2
            let common = random.normal()
            for j in 0..<d {
                let spread = k == 0 ? 1.0 : k == 1 ? 0.4 + Double(j) : 0.1
                values.append(Float(Double(k) * 1.5 + spread * (random.normal() + (k == 0 ? common : 0))))
            }
        }
        return try Points(values: values, count: count, dimension: d)
    }

    static func refinement(_ kind: CovarianceKind, _ points: Points, start: Matrix) throws -> (
        refinement: MixtureRefinement, start: Mixture
    ) {
        let rows = identityRows(points)
        let moments = try Moments(rows, passes: RowPasses(), withCovariance: true)
        let attention = AttentionPass(rows: rows, passes: RowPasses())
        let first = try MixtureRefinement(attention: attention, moments: moments, maximumIterations: 1).nearest(start)
        let within = moments.within(first.centroids, weights: first.weights)
        let refinement = MixtureRefinement(
            attention: attention, moments: moments, kind: kind,
            prior: CovariancePrior(kind, variances: within.variances, within: within.covariance),
            maximumIterations: 60, tolerance: 0)
        return (refinement, try refinement.mixture(from: first))
    }

    @Test(arguments: CovarianceKind.allCases, [1, 2, 3, 4, 5, 6])
    func theObjectiveNeverFalls(kind: CovarianceKind, seed: UInt64) throws {
        let data = try Self.data(seed)
        let (refinement, start) = try Self.refinement(
            kind, data,
            start: Matrix(
                rowVectors: (0..<3).map {
                    data[$0].map(Double.init)
                }))
        for isBalanced in [false, true] {
            var mixture = start
            mixture.isBalanced = isBalanced
            if isBalanced { mixture.weights = [1.0 / 3, 1.0 / 3, 1.0 / 3] }
            let history = try refinement.run(from: mixture).history
            #expect(history.count > 3)
            for (before, after) in zip(history, history.dropFirst()) { #expect(after > before - 2e-5) }
            #expect((history.last ?? 0) > (history.first ?? 0))
        }
    }

    @Test(arguments: CovarianceKind.allCases, [1, 2, 3, 4])
    func oneIterationIsThatOfThePlainReference(kind: CovarianceKind, seed: UInt64) throws {
        for dimension in [1, 2, 5] {
            let data = try Self.data(seed, count: 60, dimension: dimension)
            let seeds = Matrix(rowVectors: (0..<3).map { data[$0].map(Double.init) })
            let (refinement, start) = try Self.refinement(kind, data, start: seeds)
            let scoring = start.scoring(noise: kind == .spherical ? [] : refinement.prior.noise)
            let sums = try #require(
                try refinement.attention.soft(
                    scoring.scores, about: start.centroids, collecting: refinement.secondMoments))
            let found = refinement.maximized(sums, from: start)
            let reference = ReferenceMixture(start, prior: refinement.prior)
            let (expected, logLikelihood) = reference.iterate(data.rows)
            #expect(abs(sums.logLikelihood + 60 * scoring.logNormalizer - logLikelihood) < 1e-3 * 60)
            for k in 0..<3 {
                #expect(abs(found.weights[k] - expected.weights[k]) < 1e-4)
                for j in 0..<dimension {
                    #expect(abs(found.centroids[k, j] - expected.centroids[k][j]) < 1e-3)
                    for i in 0..<dimension {
                        #expect(abs(found.covariance(k)[i, j] - expected.covariances[k][i, j]) < 2e-3)
                    }
                }
            }
        }
    }

    @Test(arguments: CovarianceKind.allCases)
    func noComponentCollapsesOntoAPoint(kind: CovarianceKind) throws {
        let rows = (0..<40).map { [Float($0 % 7), Float($0 % 3), 0] } + [[50, 50, 0]]
        let (refinement, start) = try Self.refinement(
            kind, points(rows), start: Matrix(rowVectors: [[1, 1, 0], [5, 1, 0], [50, 50, 0]]))
        let outcome = try refinement.run(from: start)
        for k in 0..<3 {
            let covariance = outcome.mixture.covariance(k)
            #expect(covariance.choleskyFactor() != nil)
            #expect((0..<3).allSatisfy { covariance[$0, $0] > 1e-9 && covariance[$0, $0].isFinite })
        }
        #expect(outcome.history.allSatisfy { $0.isFinite })
    }
}

extension Mixture {
    /// Σ_k as a matrix, whatever the kind.
    func covariance(_ k: Int) -> Matrix {
        switch covariances {
        case .spherical(let variance): .diagonal([Double](repeating: variance, count: centroids.columns))
        case .diagonal(let variances): .diagonal(variances.row(k))
        case .tied(let matrix): matrix
        case .full(let matrices): matrices[k]
        }
    }
}
