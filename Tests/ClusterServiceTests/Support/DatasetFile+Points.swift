import AttentionClustering
import Testing

@testable import ClusterService

extension DatasetFile {
    /// The points of a set in single precision.
    var points: Points {
        get throws { try #require(rows.single) }
    }
}
