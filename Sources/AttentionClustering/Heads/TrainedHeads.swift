/// Heads that were trained, ready to assign points.
struct TrainedHeads: Sendable {
    /// K×m, one unit vector a head, with signs fixed.
    let heads: [[Double]]
    let lift: Lift?
    /// Mixing weights as the heads have them; nil without lift.
    let weights: [Double]?
    let training: HeadTraining
    let warnings: [String]

    /// The most rows a training looks at where a step costs time in their number.
    private static let sampleRows = 1 << 17
    /// The least rows that the start of a refinement looks at.
    private static let startRows = 1 << 14
    /// The most numbers that stored tokens may take.
    private static let storedValues = 1 << 22

    /// Trains heads on `preparation`'s rows.
    ///
    /// - Returns: nil when the data admit no frame of K heads.
    static func train(_ preparation: Preparation, count k: Int, options: FitOptions, passes: RowPasses) throws
        -> TrainedHeads?
    {
        guard let source = try source(preparation, count: k, options: options, passes: passes) else { return nil }
        let m = source.dimension
        guard k <= m else { return nil }
        let pairs = m * (m + 1) / 2
        let usesMoments = m <= MomentStatistics.dimensionLimit
        let size = sampleSize(
            dimension: m, pairs: pairs, usesMoments: usesMoments, isFinal: options.refinement == .none)
        let sample = try source.sampled(
            RowSample.rows(max(size, 1024), of: source.count, seed: options.seed), passes: passes)
        let statistics: any TokenStatistics =
            usesMoments
            ? try MomentStatistics(sample, passes: passes) : try StreamedStatistics(sample, passes: passes)
        let training = try solve(statistics, of: sample, count: k, options: options, passes: passes)
        return TrainedHeads(training, statistics: statistics, lift: source.lift)
    }

    /// How many rows heads are trained on: fewer where they are only the start of a refinement.
    private static func sampleSize(dimension m: Int, pairs: Int, usesMoments: Bool, isFinal: Bool) -> Int {
        guard usesMoments else { return min(isFinal ? sampleRows : startRows, storedValues / m) }
        return isFinal
            ? max(sampleRows, (1 << 32) / (pairs * pairs)) : min(1 << 16, max(startRows, (1 << 27) / (pairs * pairs)))
    }

    /// How points choose among the heads.
    func scores(frame: CoordinateFrame) -> TileScores {
        let equal = [Double](repeating: 1, count: heads.count)
        return .heads(heads, weights: weights ?? equal, lift: lift, frame: frame)
    }

    /// The same heads in another order.
    func ordered(_ order: [Int]) -> TrainedHeads {
        TrainedHeads(
            heads: order.map { heads[$0] }, lift: lift, weights: weights.map { old in order.map { old[$0] } },
            training: training, warnings: warnings)
    }

    private static func source(_ preparation: Preparation, count k: Int, options: FitOptions, passes: RowPasses) throws
        -> TokenSource?
    {
        let rows = preparation.rows
        switch options.preprocessing {
        case .none:
            return TokenSource(rows: rows.reported, lift: nil)
        case .lift:
            guard k - 1 <= rows.dimension else { return nil }
            let directions = try PrincipalDirections(k - 1, of: rows, moments: preparation.moments, passes: passes)
            guard directions.variances.count == k - 1 else { return nil }
            let whitened = zip(directions.vectors.rowVectors, directions.variances).map { vector, variance in
                vector.map { $0 / variance.squareRoot() }
            }
            return TokenSource(rows: rows, lift: Lift(mean: preparation.moments.mean, directions: whitened))
        }
    }

    private static func solve(
        _ statistics: any TokenStatistics, of source: TokenSource, count k: Int, options: FitOptions, passes: RowPasses
    ) throws -> HeadTraining {
        var start = HeadStart(dimension: statistics.mean.count, count: k, seed: options.seed)
        let progress = HeadProgress(tolerance: options.tolerance, maximumSteps: options.maximumSteps)
        let observe: (HeadTraining) -> Void = { training in
            let share = progress.share(after: training)
            passes.meter.at(
                .training, 0.15 + 0.15 * share, to: 0.15 + 0.15 * share, iteration: training.history.count,
                objective: training.history.last)
        }
        let initial =
            switch (options.start, options.solver) {
            case (.manifold(let directions), _): start.manifold(directions)
            case (.sphere, .gradient): start.sphere()
            case (.sphere, .fixedPoint): start.frame()
            }
        var key = NumberDigest()
        key.add(initial.values)
        return try passes.journal.ask(
            .training, key: key, passes: passes, isUsable: { $0.isContinuation(of: initial) }
        ) { state, record in
            try train(
                statistics, of: source, from: state ?? HeadTraining(heads: initial), options: options, passes: passes
            ) { training in
                observe(training)
                record(training)
            }
        }
    }

    private static func train(
        _ statistics: any TokenStatistics, of source: TokenSource, from start: HeadTraining, options: FitOptions,
        passes: RowPasses, observe: (HeadTraining) -> Void
    ) throws -> HeadTraining {
        switch options.solver {
        case .gradient:
            let objective = HeadObjective(
                statistics: statistics, contextLength: options.contextLength, regularization: options.regularization,
                inverseTemperature: options.inverseTemperature)
            let loss: any HeadLoss =
                switch options.attention {
                case .linear: objective
                case .softmax:
                    SoftmaxHeadObjective(
                        contexts: try SoftmaxContexts(
                            source, length: options.contextLength, headCount: start.heads.columns, seed: options.seed,
                            passes: passes),
                        linear: objective, passes: passes)
                }
            return try GradientSolver(
                objective: loss, learningRate: options.learningRate, maximumSteps: options.maximumSteps,
                tolerance: options.tolerance
            ).train(from: start, observe: observe)
        case .fixedPoint:
            return try FixedPointSolver(
                statistics: statistics, maximumSteps: options.maximumSteps, tolerance: options.tolerance
            ).train(from: start, observe: observe)
        }
    }

    /// Fixes signs: a head answers the mean token with a positive number.
    ///
    /// With lift, the last coordinate of the mean token before normalisation is the only one, so the sign is that of
    /// the head's last coordinate, and the weights are its square.
    private init(heads: [[Double]], lift: Lift?, weights: [Double]?, training: HeadTraining, warnings: [String]) {
        (self.heads, self.lift, self.weights) = (heads, lift, weights)
        (self.training, self.warnings) = (training, warnings)
    }

    private init(_ training: HeadTraining, statistics: any TokenStatistics, lift: Lift?) {
        let m = training.heads.rows
        let reference = lift == nil ? statistics.mean : (0..<m).map { $0 == m - 1 ? 1.0 : 0.0 }
        heads = training.heads.transposed.rowVectors.map { head in
            innerProduct(head, reference) < 0 ? head.map { -$0 } : head
        }
        let squares = heads.map { max(($0.last ?? 0) * ($0.last ?? 0), 1e-12) }
        let total = squares.reduce(0, +)
        weights = lift == nil ? nil : squares.map { $0 / total }
        self.lift = lift
        self.training = training
        warnings = Self.warnings(training, statistics: statistics, lift: lift)
    }

    private static func warnings(
        _ training: HeadTraining, statistics: any TokenStatistics, lift: Lift?
    ) -> [String] {
        let square = statistics.secondMoment.trace
        guard lift == nil, square < 0.01 || square > 100 else { return [] }
        return [
            "The points have a mean squared length of \(square); without preprocessing, heads are made for points of "
                + "length about 1. Use preprocessing lift, or scale the points."
        ]
    }
}
