/// The heads' training laid open, step by step, on points as they are: for experiments in the setting of
/// arXiv 2505.13112.
package struct HeadExperiment: Sendable {
    private let statistics: any TokenStatistics

    /// What the objective is at some heads.
    package struct Risk: Sendable {
        /// E‖X₁ − T(X)₁‖² over contexts drawn from the points.
        package let value: Double
        /// The λ that it was measured at.
        package let inverseTemperature: Double
        /// The λ at which these heads have the least risk.
        package let bestInverseTemperature: Double
    }

    /// Gathers what training needs to know of `points`.
    package init(_ points: Points) throws {
        let rows = FramedRows(
            points: points, frame: .identity(dimension: points.dimension), limit: .greatestFiniteMagnitude)
        let source = TokenSource(rows: rows, lift: nil)
        let passes = RowPasses()
        statistics =
            points.dimension <= MomentStatistics.dimensionLimit
            ? try MomentStatistics(source, passes: passes) : try StreamedStatistics(source, passes: passes)
    }

    /// The risk of `heads`, K unit vectors.
    package func risk(of heads: [[Double]], contextLength: Int, inverseTemperature: InverseTemperature) throws -> Risk {
        let objective = HeadObjective(
            statistics: statistics, contextLength: contextLength, regularization: 0,
            inverseTemperature: inverseTemperature)
        guard let evaluation = try objective.evaluate(Matrix(rowVectors: heads).transposed) else {
            throw CancellationError()
        }
        return Risk(
            value: evaluation.risk, inverseTemperature: evaluation.inverseTemperature,
            bestInverseTemperature: evaluation.bestInverseTemperature)
    }

    /// Trains heads by projected gradient descent as `options` say.
    ///
    /// - Parameter observe: is given the heads before every step from 0 on.
    /// - Returns: the heads at the end.
    package func train(_ options: FitOptions, observe: (_ step: Int, _ heads: [[Double]]) -> Void) throws -> [[Double]]
    {
        var start = HeadStart(dimension: statistics.mean.count, count: options.clusterCount, seed: options.seed)
        let initial =
            switch options.start {
            case .sphere: start.sphere()
            case .manifold(let directions): start.manifold(directions)
            }
        let objective = HeadObjective(
            statistics: statistics, contextLength: options.contextLength, regularization: options.regularization,
            inverseTemperature: options.inverseTemperature)
        observe(0, initial.transposed.rowVectors)
        let training = try GradientSolver(
            objective: objective, learningRate: options.learningRate, maximumSteps: options.maximumSteps,
            tolerance: options.tolerance
        ).train(from: HeadTraining(heads: initial)) { observe($0.history.count, $0.heads.transposed.rowVectors) }
        return training.heads.transposed.rowVectors
    }
}
