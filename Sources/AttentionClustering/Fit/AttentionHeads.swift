/// Clustering by attention heads.
///
/// ```swift
/// var options = FitOptions()
/// options.clusterCount = 3
/// let clustering = try AttentionHeads.fit(points, options: options)
/// print(clustering.sizes, clustering.metrics.inertia)
/// ```
///
/// One linear attention head a cluster is trained to reproduce tokens from their context (arXiv 2505.13112); in a
/// lifted space where cluster centres are at right angles that needs no restarts. The heads' clusters are then
/// refined in data space by attention of points to centroids.
public enum AttentionHeads {
    /// Clusters `points`.
    ///
    /// The same points, options and seed give the same bytes, whatever the number of threads.
    ///
    /// - Parameters:
    ///   - points: N×d, all finite.
    ///   - weights: what each point counts for, N finite numbers of at least 0, not all 0; nil for one each. A point of
    ///     weight 3 is fitted as three equal points; one of weight 0 only gets a label. Inertia, log-likelihood and BIC
    ///     count weights; sizes, silhouette and the indices beside it count points.
    ///   - options: how to cluster.
    ///   - control: threads, progress, time budget and cancellation.
    /// - Throws: ``ClusteringError`` when options are out of range, there are fewer points than clusters or a value is
    ///   not finite; `CancellationError` when `control` cancels.
    /// - Complexity: O(N·d·(d + K·iterations)) for d ≤ 512, O(N·d·K·iterations) above.
    public static func fit(
        _ points: Points, weights: [Double]? = nil, options: FitOptions = FitOptions(),
        control: FitControl = FitControl()
    ) throws -> Clustering {
        try options.validate(count: points.count, dimension: points.dimension)
        let journal = FitJournal(
            control.checkpoints, fingerprint: points.fingerprint(with: options, weights: weights))
        let passes = RowPasses(control: control, journal: journal)
        let weights = try weights.flatMap { try PointWeights($0, count: points.count) }
        return try FitRun(points: points, weights: weights, options: options, passes: passes).clustering()
    }
}
