/// Finds modes of rows by softmax attention without any parameter, on a bounded sample of keys.
struct ModeSearch: Sendable {
    let rows: FramedRows
    let seed: UInt64
    let passes: RowPasses
    var maximumLayers = 300

    /// The most keys, unless many clusters need more.
    static let keyLimit = 4_096
    /// Keys for each cluster that is asked for.
    private static let keysPerCluster = 64
    private static let largestKeyLimit = 1 << 14

    /// The keys for about `count` clusters.
    func keys(count: Int = 1) throws -> ContextKeys {
        let size = min(Self.largestKeyLimit, max(Self.keyLimit, Self.keysPerCluster * count))
        return try ContextKeys(
            rows.sampled(RowSample.rows(size, of: rows.count, seed: seed), passes: passes), passes: passes)
    }

    /// The modes over the whole grid of temperatures.
    func tree(count: Int = 1) throws -> ModeTree {
        try ModeTree(try keys(count: count), maximumLayers: maximumLayers, seed: seed, passes: passes)
    }

    /// Centroids of `count` modes as a start for refinement, K×d in the frame.
    ///
    /// - Returns: nil when the points have fewer modes at every temperature.
    func centroids(count: Int) throws -> Matrix? { try tree(count: count).modes(count: count)?.centroids }
}
