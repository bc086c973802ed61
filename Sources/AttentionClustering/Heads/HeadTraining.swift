/// How the heads' training went.
struct HeadTraining: Sendable {
    /// m×K, one unit vector a column.
    var heads: Matrix
    /// The objective before each step.
    var history: [Double] = []
    var converged = false
    /// Whether a step had to be cut short because the gradient was huge.
    var cutSteps = 0
    /// How far the last step moved the heads.
    var move = Double.infinity
    /// The heads of the lowest objective so far, where they are kept.
    var best: (value: Double, heads: Matrix)?
}

/// Projected gradient descent on the product of spheres, without momentum.
///
/// G_k ← ∇_k − ⟨∇_k, μ_k⟩μ_k; μ_k ← (μ_k − ηG_k)/‖·‖. A step longer than 1 is cut to 1, which only data or λ far from
/// the paper's scale bring about. Converged when η‖G‖, all heads together, is at most the tolerance; stopped before
/// that, the heads of the lowest objective seen are the result, for where steps are cut the last ones may be any.
struct GradientSolver: Sendable {
    let objective: any HeadLoss
    let learningRate: Double
    let maximumSteps: Int
    let tolerance: Double

    /// - Parameters:
    ///   - start: what there is, by default no step yet.
    ///   - observe: told after every step, with what training could start from again.
    func train(from start: HeadTraining, observe: (HeadTraining) -> Void = { _ in }) throws -> HeadTraining {
        var training = start
        while training.history.count < maximumSteps, let evaluation = try objective.evaluate(training.heads) {
            training.history.append(evaluation.value)
            if evaluation.value < training.best?.value ?? .infinity {
                training.best = (evaluation.value, training.heads)
            }
            var step = training.heads.tangent(evaluation.gradient)
            let length = learningRate * step.norm
            guard length.isFinite else { break }
            step = step.scaled(by: learningRate / max(1, length))
            training.move = length
            if length > 1 { training.cutSteps += 1 }
            if length <= tolerance {
                training.converged = true
                break
            }
            training.heads.add(step, times: -1)
            training.heads = training.heads.scaledToUnit()
            observe(training)
        }
        if !training.converged, training.cutSteps > 0, let best = training.best, best.value.isFinite {
            training.heads = best.heads
        }
        return training
    }
}

/// U ← polar(⟨x(p³)ᵀ⟩): maximises Σ_k⟨p_k⁴⟩ over orthonormal frames, which minimises the regulariser.
///
/// The map never lowers Σ_k⟨p_k⁴⟩, because that is convex in U. Converged when a step moves the frame by at most the
/// tolerance (Frobenius norm).
struct FixedPointSolver: Sendable {
    let statistics: any TokenStatistics
    let maximumSteps: Int
    let tolerance: Double

    /// As ``GradientSolver/train(from:observe:)``.
    func train(from start: HeadTraining, observe: (HeadTraining) -> Void = { _ in }) throws -> HeadTraining {
        var training = start
        let polar = PolarFactors(rows: start.heads.rows, columns: start.heads.columns)
        while training.history.count < maximumSteps, let cubes = try statistics.cubes(of: training.heads) {
            // For a square frame q = ‖x‖², so that reg = ½(⟨‖x‖⁴⟩ − Σ⟨p⁴⟩).
            training.history.append(0.5 * (statistics.weightedSecondMoment.trace - cubes.fourth))
            guard let next = polar.factor(of: cubes.responses.scaledToLargest()) else { break }
            var change = next
            change.add(training.heads, times: -1)
            training.heads = next
            training.move = change.norm
            if training.move <= tolerance {
                training.converged = true
                break
            }
            observe(training)
        }
        return training
    }
}

extension Matrix {
    /// The part of `gradient` along the sphere of each column.
    func tangent(_ gradient: Matrix) -> Matrix {
        var result = gradient
        for c in 0..<columns {
            let along = (0..<rows).reduce(0) { $0 + self[$1, c] * gradient[$1, c] }
            for r in 0..<rows { result[r, c] -= along * self[r, c] }
        }
        return result
    }

    /// The matrix divided by its largest magnitude, so that nothing under- or overflows in a decomposition.
    func scaledToLargest() -> Matrix {
        let largest = values.reduce(0) { max($0, abs($1)) }
        return largest > 0 && largest.isFinite ? scaled(by: 1 / largest) : self
    }
}
