internal import CKernels

/// What heads are trained to lower.
protocol HeadLoss: Sendable {
    /// - Parameter heads: m×K, one a column.
    /// - Returns: nil when the fit shall finish.
    func evaluate(_ heads: Matrix) throws -> HeadObjective.Evaluation?
}

extension HeadObjective: HeadLoss {}

/// The objective of softmax heads, risk + ρ·regulariser: what arXiv 2505.13112 starts from before it linearises.
///
/// A head attends with softmax_l(λ⟨x, μ⟩⟨μ, x_l⟩); the layer adds what its K heads see beyond the mean of the context,
/// T(x) = K·Σ_k (Σ_l a_kl·x_l − x̄). To first order in λ that is the linear layer about the context's mean; without
/// the subtraction every head that a token does not concern would add the mean. The risk is the mean over sampled
/// contexts, the regulariser that of ``HeadObjective`` over all tokens.
struct SoftmaxHeadObjective: HeadLoss {
    let contexts: SoftmaxContexts
    /// Supplies the regulariser, and the λ when it is automatic: that of the linear heads.
    let linear: HeadObjective
    let passes: RowPasses

    func evaluate(_ heads: Matrix) throws -> HeadObjective.Evaluation? {
        guard let reference = try linear.evaluate(heads), let mean = try linear.statistics.responses(to: heads)
        else { return nil }
        let lambda = reference.inverseTemperature
        guard let (risk, slopes) = try sampled(heads, lambda: lambda) else { return nil }
        var gradient = slopes
        gradient.add(mean.qp, times: 2 * linear.regularization)  // ρ∇reg, ∇reg = 2⟨x(p∘(q − p²))ᵀ⟩
        gradient.add(mean.cubes.responses, times: -2 * linear.regularization)
        return HeadObjective.Evaluation(
            risk: risk, regularizer: reference.regularizer,
            value: risk + linear.regularization * reference.regularizer,
            bestInverseTemperature: reference.bestInverseTemperature, inverseTemperature: lambda, gradient: gradient)
    }

    /// The mean loss over the contexts and its gradient at fixed λ, m×K.
    private func sampled(_ heads: Matrix, lambda: Double) throws -> (risk: Double, gradient: Matrix)? {
        let (m, k, length) = (heads.rows, heads.columns, contexts.length)
        let rows = heads.transposed
        let layout = RowLayout(rows: contexts.count, width: length * m, partialSize: k * m)
        let partials = try passes.run(
            layout, abandonable: true,
            scratch: { AlignedBuffer<Double>(count: length * (m + 2 * k + 2) + 3 * m + k, filledWith: 0) },
            partial: { (gradient: [Double](repeating: 0, count: k * m), loss: 0.0) }
        ) { work, sum, range in
            contexts.indices.withUnsafeBufferPointer { indices in
                guard let start = indices.baseAddress else { return }
                rows.withUnsafeValues { heads in
                    ac_softmax_heads(
                        contexts.tokens.row(0), Int64(m), start + range.lowerBound * length, Int64(range.count),
                        Int64(length), heads.baseAddress, Int64(k), lambda, &sum.gradient, &sum.loss, work.pointer)
                }
            }
        }
        guard let partials else { return nil }
        var total = Matrix(rows: k, columns: m)
        var loss = 0.0
        for partial in partials {
            total.add(Matrix(rows: k, columns: m, values: partial.gradient))
            loss += partial.loss
        }
        let share = 1 / Double(contexts.count)
        return (loss * share, total.transposed.scaled(by: share))
    }
}
