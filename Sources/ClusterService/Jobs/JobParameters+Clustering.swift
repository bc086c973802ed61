import AttentionClustering

/// How clusters are found.
public enum ClusteringMode: String, Sendable, CaseIterable {
    /// By trained heads.
    case heads
    /// By attention of the points to each other, without training; needs no number of clusters.
    case inContext = "in_context"
}

extension JobParameters {
    /// Clusters `points` as the parameters say.
    ///
    /// - Parameter weights: what each point counts for; nil for one each.
    /// - Throws: `ClusteringError`; `CancellationError` when `control` cancels.
    func cluster(_ points: Points, weights: [Double]?, control: FitControl) throws -> Clustering {
        switch mode {
        case .heads: try AttentionHeads.fit(points, weights: weights, options: fit, control: control)
        case .inContext:
            try InContextClustering.fit(points, weights: weights, options: inContextOptions, control: control)
        }
    }

    /// How many bytes of memory the clustering of so many points of a stored set will need, roughly.
    func memoryEstimate(count: Int, dimension: Int, threads: Int) -> Int {
        fit.memoryEstimate(
            count: count, dimension: dimension, threads: threads, isWeighted: weightColumn != nil, areMapped: true)
    }

    /// The library's options in mode ``ClusteringMode/inContext``.
    var inContextOptions: InContextOptions {
        var options = InContextOptions()
        options.inverseTemperature = contextInverseTemperature
        options.clusterCount = fixedClusterCount
        options.standardize = fit.standardize
        options.metric = fit.metric
        options.robust = fit.robust
        options.refinement = fit.refinement
        options.seed = fit.seed
        return options
    }

    /// The number of clusters asked for; nil when the points decide.
    var fixedClusterCount: Int? {
        if case .fixed = fit.clusterCountSelection { return fit.clusterCount }
        return nil
    }
}
