/// The modes that a clustering in context comes to.
struct ContextModes: Sendable {
    let tree: ModeTree
    let level: ModeTree.Level
    /// Which modes of the level are clusters.
    let chosen: [Int]
    var warnings: [String] = []

    /// K×d in the frame.
    var centroids: Matrix { tree.centroids(level, modes: chosen) }
}
