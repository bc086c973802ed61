/// One fit from points to clustering: prepare, train the heads, refine, assign.
struct FitRun {
    let points: Points
    var weights: PointWeights?
    let options: FitOptions
    let passes: RowPasses

    func clustering() throws -> Clustering {
        let guess = options.clusterCountSelection == .fixed ? options.clusterCount : 6
        passes.meter.follow(ProgressPlan(points.count, points.dimension, clusters: guess, options: options))
        let preparation = try Preparation(points, weights: weights, options: options, passes: passes)
        passes.meter.at(.preparing, 0.1, to: 0.15)
        var options = options
        var selection: ClusterCountEvidence?
        if case .automatic(let minimum, let maximum) = options.clusterCountSelection {
            let evidence = try ClusterCountSearch(
                preparation: preparation, options: options,
                range: minimum...max(minimum, min(maximum, preparation.rows.count)),
                passes: RowPasses(control: passes.control.unwatched, journal: passes.journal)
            ).evidence { k, share in
                passes.meter.at(.preparing, 0.1 + 0.05 * share, to: 0.15, iteration: k)
            }
            options.clusterCount = evidence.clusterCount
            selection = evidence
        }
        passes.meter.at(.preparing, 0.15, to: 0.15)
        let distinct = try DistinctRows(
            of: points, weights: weights, upTo: options.clusterCount, passes: passes
        ).rows.count
        let k = min(options.clusterCount, distinct)
        var warnings = preparation.warnings
        if k < options.clusterCount {
            warnings.append(
                "The data have only \(distinct) distinct points, so there are \(k) clusters and not "
                    + "\(options.clusterCount).")
        }
        let heads = try trainedHeads(preparation, count: k, options: options)
        if heads == nil, options.initialization.triesHeads { warnings.append(noFrameWarning(count: k)) }
        warnings += heads?.warnings ?? []
        let refined = try RefinementRun(
            preparation: preparation, heads: heads, clusterCount: k, options: options, passes: passes
        ).refined()
        warnings += refined.warnings
        return try Finish(
            preparation: preparation, options: options, clusterCount: k, heads: heads, refined: refined,
            passes: passes, warnings: warnings, selection: selection
        ).clustering()
    }

    private func trainedHeads(
        _ preparation: Preparation, count k: Int, options: FitOptions
    ) throws -> TrainedHeads? {
        passes.meter.at(.training, 0.15, to: 0.15)
        guard options.initialization.triesHeads else { return nil }
        // Directions of a manifold start are for as many clusters as were asked for.
        var options = options
        if k < options.clusterCount { options.start = .sphere }
        return try TrainedHeads.train(preparation, count: k, options: options, passes: passes)
    }

    private func noFrameWarning(count k: Int) -> String {
        let limit = points.dimension + (options.preprocessing == .lift ? 1 : 0)
        let reason =
            k > limit
            ? "\(k) heads need at least \(options.preprocessing == .lift ? k - 1 : k) columns"
            : "the points vary in fewer than \(k - 1) directions"
        return "Started from k-means++ seeds instead of trained heads, because \(reason)."
    }
}
