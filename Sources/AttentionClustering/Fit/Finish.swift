/// The last stage of a fit: a model in which no cluster is empty and clusters stand in order, and everything that is
/// measured on it.
struct Finish {
    let preparation: Preparation
    let options: FitOptions
    let clusterCount: Int
    let heads: TrainedHeads?
    let refined: Refined
    let passes: RowPasses
    var warnings: [String]
    var selection: ClusterCountEvidence?

    private var rows: FramedRows { preparation.allRows }
    private var frame: CoordinateFrame { preparation.frame }
    private var start: StartKind { heads == nil && refined.start == .heads ? .seeds : refined.start }

    func clustering() throws -> Clustering {
        passes.meter.at(.assigning, 0.9, to: 1)
        let usesHeads = options.refinement == .none && heads != nil
        let draft = ModelDraft(
            mixture: refined.mixture, heads: heads, usesHeads: usesHeads, start: start, frame: frame, options: options)
        if let settled = try settle(draft) { return try clustering(settled, warnings: warnings) }
        let repaired = try Repair(rows: preparation.rows, moments: preparation.moments, passes: passes)
            .repair(refined.mixture, count: clusterCount, maximumIterations: options.maximumIterations)
        guard
            let settled = try settle(
                ModelDraft(
                    mixture: repaired, heads: heads, usesHeads: false, start: start, frame: frame, options: options))
        else {
            throw ClusteringError(
                .invalidOption, option: "clusterCount",
                detail: "No \(clusterCount) clusters could be told apart in single precision; give fewer clusters, or "
                    + "leave out extreme values.")
        }
        var warnings = warnings
        warnings.append(
            repaired.clusterCount < clusterCount
                ? "Only \(repaired.clusterCount) of the points can be told apart in single precision next to the "
                    + "largest values, so there are \(repaired.clusterCount) clusters and not \(clusterCount)."
                : "Some clusters had come out empty; they were placed anew at the points farthest from the others.")
        let kind = refined.mixture.covariances.kind
        if kind != .spherical {
            warnings.append(
                "With \(kind.refinement.rawValue) covariances clusters had come out empty, so they are spherical.")
        }
        return try clustering(settled, warnings: warnings)
    }

    /// Labels the rows under the draft with its clusters in order of falling size, ties by centroid.
    ///
    /// - Returns: nil when a cluster is empty.
    private func settle(_ draft: ModelDraft) throws -> (model: ClusterModel, pass: AssignmentPass, draft: ModelDraft)? {
        var draft = draft.orderedByWeight()
        // Points on the exact border of two clusters go to the first one, so sizes may change with the order.
        for _ in 0..<8 {
            let model = draft.model()
            let pass = try model.assignmentPass(rows, passes: passes)
            guard pass.sizes.allSatisfy({ $0 > 0 }) else { return nil }
            guard let order = draft.order(sizes: pass.sizes) else { return (model, pass, draft) }
            draft = draft.ordered(order)
        }
        let model = draft.model()
        let pass = try model.assignmentPass(rows, passes: passes)
        return pass.sizes.allSatisfy { $0 > 0 } ? (model, pass, draft) : nil
    }

    private func clustering(
        _ settled: (model: ClusterModel, pass: AssignmentPass, draft: ModelDraft), warnings: [String]
    ) throws -> Clustering {
        let (model, pass, draft) = settled
        // Figures of merit are of the points that clusters were learned from.
        var (labels, measured) = (pass.labels, pass)
        if !preparation.outliers.isEmpty {
            for row in preparation.outliers { labels[row] = -1 }
            measured = try model.assignmentPass(preparation.rows, passes: passes)
        }
        let quality = try ClusterQuality(
            rows.points, labels: labels, frame: frame, areDirections: rows.areDirections, limits: .fit,
            seed: options.seed, passes: passes)
        let n = preparation.rows.totalWeight
        let points = rows.pointsPerUnit
        var logLikelihood: Double?
        var bic: Double?
        if case .centroids = model.rule {
            let value =
                measured.scoreLogSum + n
                * (draft.mixture.scoring().logNormalizer + frame.logScale(dimension: rows.dimension))
            logLikelihood = (points * value).bounded
            bic =
                draft.mixture.criterion(
                    logLikelihood: value, of: preparation.rows, moments: preparation.moments
                ).bounded
        }
        let refinements = refined.outcome?.history.map { -$0 - frame.logScale(dimension: rows.dimension) }
        let training = heads?.training.history ?? []
        let history = refinements ?? training
        let metrics = ClusteringMetrics(
            inertia: (measured.inertia * frame.unit * frame.unit * (rows.weights?.unit ?? 1)).bounded,
            objective: history.last ?? logLikelihood.map { -$0 / (n * points) } ?? 0,
            logLikelihood: logLikelihood, bic: bic, silhouette: quality.silhouette,
            silhouettePoints: quality.silhouette == nil ? nil : quality.silhouettesMeasured,
            daviesBouldin: quality.daviesBouldin, calinskiHarabasz: quality.calinskiHarabasz)
        return Clustering(
            model: model, assignments: pass.labels, distances: pass.distances, confidence: pass.confidence,
            sizes: pass.sizes, objectiveHistory: history, headObjectiveHistory: training,
            iterations: training.count + (refinements?.count ?? 0), stopReason: stopReason, metrics: metrics,
            outliers: preparation.outliers, candidates: refined.candidates, selection: selection,
            warnings: warnings)
    }

    private var stopReason: StopReason {
        let done = (heads?.training.converged ?? true) && (refined.outcome?.converged ?? true)
        if done { return .converged }
        return passes.isFinishing ? .timeBudget : .maximumIterations
    }
}

extension Double {
    /// The nearest finite number.
    fileprivate var bounded: Double { Swift.min(.greatestFiniteMagnitude, Swift.max(-.greatestFiniteMagnitude, self)) }
}
