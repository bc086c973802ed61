/// A trained clustering: everything it takes to assign points, and to explain where they went.
///
/// The synthesized coding is stable under any `Codable` format that keeps `Double` exactly: a decoded model assigns
/// every point as the encoded one did.
public struct ClusterModel: Sendable, Codable, Equatable {
    /// The number of clusters, `K`; fewer than asked for only where the data have fewer distinct points.
    public let clusterCount: Int
    /// The number of coordinates of a point, `d`.
    public let dimension: Int
    /// One centroid a cluster, `K×d`, in data units; ordered by falling cluster size.
    public let centroids: [[Double]]
    /// The mixing weight of each cluster; they add up to 1.
    public let weights: [Double]
    /// One unit vector a head, in the order of the clusters, where the heads live: in the lifted space (K
    /// coordinates, see ``lift``) or in data space (d coordinates); empty when ``start`` is not ``StartKind/heads``.
    public let heads: [[Double]]
    /// What heads were given to see, when it was not the points as they are.
    public let lift: Lift?
    /// How a point chooses its cluster.
    public let rule: AssignmentRule
    /// The coordinates that distances are measured in.
    public let frame: CoordinateFrame
    /// Where the fit started.
    public let start: StartKind
    /// The options of the fit.
    public let options: FitOptions
}

/// Where a fit started.
public enum StartKind: String, Sendable, Codable, CaseIterable {
    /// From trained attention heads.
    case heads
    /// From seeded k-means++ points.
    case seeds
    /// From modes of the points under softmax attention.
    case modes
}

/// How a point chooses its cluster.
public enum AssignmentRule: Sendable, Codable, Equatable {
    /// The largest answer of a head: √π_k·⟨y, μ_k⟩ for the lifted point y, or ⟨x, μ_k⟩ without lift.
    case heads
    /// The largest attention score −½(x − c_k)ᵀA_k(x − c_k) + ½ log det A_k + log π_k.
    case centroids(QueryKeyMetric)
}

/// The metric A_k in which a point (query) is compared with a centroid (key).
///
/// In units of one over squared ``Assignment/distances``.
public enum QueryKeyMetric: Sendable, Codable, Equatable {
    /// A_k = precision·I for every k.
    case spherical(precision: Double)
    /// A_k = diag(precisions[k]), K×d.
    case diagonal(precisions: [[Double]])
    /// A_k = precision for every k, d×d, symmetric and positive definite.
    case tied(precision: [[Double]])
    /// A_k = precisions[k], K×d×d, each symmetric and positive definite.
    case full(precisions: [[[Double]]])
}

/// The labels of points under a model.
public struct Assignment: Sendable, Equatable {
    /// The cluster of each point.
    public let labels: [Int32]
    /// The distance of each point to its cluster's centroid, in data units (standardised units if standardised).
    public let distances: [Float]
    /// The largest responsibility of each point, from 1/K to 1.
    public let confidence: [Float]
}
