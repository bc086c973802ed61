extension ClusterModel {
    /// Assigns points to clusters, as the fit assigned those it was trained on.
    ///
    /// ```swift
    /// let labels = try model.assign(newPoints).labels
    /// ```
    ///
    /// - Parameter threads: how many threads may be used; the answer does not depend on it.
    /// - Throws: ``ClusteringError`` when the points have another dimension than the model, or hold a non-finite
    ///   value, whose row and column it names.
    /// - Complexity: O(N·d·K).
    public func assign(_ points: Points, threads: Int = 1) throws -> Assignment {
        try assign(points, control: FitControl(threads: threads))
    }

    /// Assigns points to clusters, with a control that can cancel.
    ///
    /// - Throws: as ``assign(_:threads:)``, and `CancellationError` when `control` says so.
    public func assign(_ points: Points, control: FitControl) throws -> Assignment {
        try validate()
        guard points.dimension == dimension else {
            throw ClusteringError(
                .dimensionMismatch,
                detail: "The points have \(points.dimension) columns, but the model was trained on \(dimension); give "
                    + "the same columns in the same order.")
        }
        guard points.count > 0 else { return Assignment(labels: [], distances: [], confidence: []) }
        let passes = RowPasses(control: control)
        _ = try Survey(points, passes: passes)
        let isCosine = options.metric == .cosine
        let pass = try assignmentPass(FramedRows(points: points, frame: frame, areDirections: isCosine), passes: passes)
        let assignment = Assignment(labels: pass.labels, distances: pass.distances, confidence: pass.confidence)
        // Points of unit length are never beyond the frame.
        return isCosine ? assignment : try reaching(assignment, points, passes: passes)
    }

    func assignmentPass(_ rows: FramedRows, passes: RowPasses) throws -> AssignmentPass {
        try AssignmentPass(
            rows, scores: tileScores, centroids: framedCentroids, unit: frame.unit, passes: passes)
    }

    /// K×d in frame coordinates.
    var framedCentroids: [Float] {
        centroids.flatMap { centroid in
            centroid.enumerated().map { column, value in Float(frame.coordinate(value, column: column)) }
        }
    }

    var tileScores: TileScores {
        switch rule {
        case .heads: .heads(heads, weights: weights, lift: lift, frame: frame)
        case .centroids(let metric): metric.scores(centroids: framedCentroids, weights: weights, unit: frame.unit)
        }
    }

    /// Checks that a decoded model does not contradict itself.
    func validate() throws(ClusteringError) {
        let k = clusterCount
        let shapes =
            k >= 1 && dimension >= 1 && centroids.count == k && weights.count == k
            && centroids.allSatisfy { $0.count == dimension && $0.allSatisfy(\.isFinite) }
            && weights.allSatisfy { $0 > 0 && $0.isFinite } && frame.fits(dimension: dimension)
        let headWidth = lift?.dimension ?? dimension
        let headShapes =
            (rule == .heads ? heads.count == k : heads.isEmpty || heads.count == k)
            && heads.allSatisfy { $0.count == headWidth && $0.allSatisfy(\.isFinite) }
            && (lift.map { $0.mean.count == dimension && $0.directions.allSatisfy { $0.count == dimension } } ?? true)
        guard shapes, headShapes, rule.isValid(clusters: k, dimension: dimension) else {
            throw ClusteringError(
                .invalidModel, detail: "The model's parts do not fit together; train it again.")
        }
    }
}

extension AssignmentRule {
    fileprivate func isValid(clusters: Int, dimension: Int) -> Bool {
        switch self {
        case .heads: true
        case .centroids(let metric): metric.isValid(clusters: clusters, dimension: dimension)
        }
    }
}

extension CoordinateFrame {
    fileprivate func fits(dimension: Int) -> Bool {
        offsets.count == dimension && powers.count == dimension && scales.count == dimension
            && offsets.allSatisfy(\.isFinite) && powers.allSatisfy { $0 > 0 && $0.isFinite }
            && scales.allSatisfy { $0 >= 0 && $0.isFinite } && unit > 0 && unit.isFinite
    }
}
