/// The objective of the heads, risk + ρ·regulariser, in closed form: contexts of L tokens are drawn with replacement
/// from the tokens themselves, so no context is ever sampled and the gradient is exact.
///
/// arXiv 2505.13112, sections 2-3, generalised from two heads to K. Heads U are m×K, one a column.
struct HeadObjective: Sendable {
    let statistics: any TokenStatistics
    /// L.
    let contextLength: Int
    /// ρ.
    let regularization: Double
    let inverseTemperature: InverseTemperature

    /// The share of the best λ that is taken when it is automatic: above the best one heads tilt out of the span of
    /// the centroids, and close below it convergence is slow.
    static let automaticShare = 0.8

    struct Evaluation: Sendable {
        let risk: Double
        let regularizer: Double
        /// risk + ρ·regularizer.
        let value: Double
        /// The λ that minimises the risk for these heads.
        let bestInverseTemperature: Double
        /// The λ that the risk is evaluated at.
        let inverseTemperature: Double
        /// ∂value/∂U at fixed λ, m×K.
        let gradient: Matrix
    }

    /// - Returns: nil when the fit shall finish.
    func evaluate(_ heads: Matrix) throws -> Evaluation? {
        guard let mean = try statistics.responses(to: heads) else { return nil }
        let n = Double(contextLength - 1)
        let (s, q) = (statistics.secondMoment, statistics.weightedSecondMoment)
        let su = s.times(heads)
        let ssu = s.times(su)
        let qu = q.times(heads)
        let (usu, ussu, uqu) = (heads.transposedTimes(su), heads.transposedTimes(ssu), heads.transposedTimes(qu))

        // risk = ⟨w⟩ − 2aB + a²C with a = Kλ/L
        let b = uqu.trace + n * ussu.trace
        let c = mean.q2w + 2 * n * mean.qt + n * (n - 1) * ussu.dot(usu) + n * uqu.dot(usu)
        let (l, k) = (Double(contextLength), Double(heads.columns))
        let best = c > 0 ? l * b / (k * c) : 1
        let lambda =
            switch inverseTemperature {
            case .automatic: Self.automaticShare * best
            case .fixed(let value): value
            }
        let a = k * lambda / l
        let risk = s.trace - 2 * a * b + a * a * c
        let regularizer = 0.5 * (mean.q2 - mean.cubes.fourth)

        var gradient = Matrix(rows: heads.rows, columns: heads.columns)
        gradient.add(qu, times: -4 * a)  // −2a∇B, ∇B = 2QU + 2nS²U
        gradient.add(ssu, times: -4 * a * n)
        let square = a * a  // a²∇C
        gradient.add(mean.qwp, times: 4 * square)
        gradient.add(mean.tp, times: 4 * n * square)
        gradient.add(s.times(mean.qp), times: 2 * n * square)
        gradient.add(mean.qr, times: 2 * n * square)
        gradient.add(ssu.times(usu), times: 2 * n * (n - 1) * square)
        gradient.add(su.times(ussu), times: 2 * n * (n - 1) * square)
        gradient.add(qu.times(usu), times: 2 * n * square)
        gradient.add(su.times(uqu), times: 2 * n * square)
        gradient.add(mean.qp, times: 2 * regularization)  // ρ∇reg, ∇reg = 2⟨x(p∘(q − p²))ᵀ⟩
        gradient.add(mean.cubes.responses, times: -2 * regularization)
        return Evaluation(
            risk: risk, regularizer: regularizer, value: risk + regularization * regularizer,
            bestInverseTemperature: best, inverseTemperature: lambda, gradient: gradient)
    }
}
