/// How compact and how far apart the clusters of a partition are.
///
/// ```swift
/// let quality = try ClusterQuality(points, labels: clustering.assignments)
/// print(quality.silhouette ?? .nan)
/// ```
///
/// Everything is measured around the means of the labelled points, in double precision, with scikit-learn's
/// definitions. Points with a negative label are left out. The indices are nil unless there are at least two clusters
/// and fewer clusters than points.
public struct ClusterQuality: Sendable, Equatable, Codable {
    /// Σ of squared distances to the mean of the own cluster, in squared data units (standardised units if measured
    /// in a standardised frame); estimated where ``rowsMeasured`` is less than the number of points.
    public let inertia: Double
    /// The silhouette coefficient, from −1 to 1: larger is better (Rousseeuw 1987).
    public let silhouette: Double?
    /// The Davies-Bouldin index, at least 0: smaller is better (1979).
    public let daviesBouldin: Double?
    /// The Calinski-Harabasz index: larger is better (1974).
    public let calinskiHarabasz: Double?
    /// The number of points that inertia, Davies-Bouldin and Calinski-Harabasz were measured on.
    public let rowsMeasured: Int
    /// The number of points whose silhouettes were averaged; 0 without a silhouette.
    public let silhouettesMeasured: Int

    /// Measures a partition.
    ///
    /// - Parameters:
    ///   - points: N×d, all finite.
    ///   - labels: one a point; negative ones leave the point out.
    ///   - frame: the coordinates to measure in, such as ``ClusterModel/frame``; nil for the data's own. The indices
    ///     depend only on which columns weigh how much.
    ///   - limits: how much work is done; beyond it, deterministic samples of rows are measured.
    ///   - seed: of the samples.
    ///   - control: threads, on which the result does not depend, and cancellation.
    /// - Throws: ``ClusteringError`` when there is not one label a point, or the frame has another dimension;
    ///   `CancellationError` when `control` cancels.
    /// - Complexity: O(N·d + queries·references·d) within `limits`.
    public init(
        _ points: Points, labels: [Int32], frame: CoordinateFrame? = nil, limits: Limits = .exact, seed: UInt64 = 0,
        control: FitControl = FitControl()
    ) throws {
        try self.init(
            points, labels: labels, frame: frame, limits: limits, seed: seed, passes: RowPasses(control: control))
    }

    /// How much work measuring may be.
    public struct Limits: Sendable, Equatable {
        /// Inertia, Davies-Bouldin and Calinski-Harabasz are measured on all points up to this many numbers, N·d.
        public var values: Int
        /// The silhouette is exact up to this many points.
        public var exactRows: Int
        /// The exact silhouette is also given up where it takes more than this many operations, N²·(d + 24).
        public var exactOperations: Int
        /// The most points whose silhouettes are averaged, beyond the exact ones.
        public var queries: Int
        /// The most points whose distances to them are averaged.
        public var references: Int
        /// Queries and references are fewer where they would take more than this many operations,
        /// queries·references·(d + 24).
        public var operations: Int

        /// Everything exact up to 10,000 points; above, the silhouette from 2,000 queries and 10,000 references.
        public static let exact = Limits(
            values: .max, exactRows: 10_000, exactOperations: .max, queries: 2_000, references: 10_000,
            operations: .max)
        /// What a fit spends on its own figures of merit: some 20 milliseconds on one core, however many points.
        ///
        /// The silhouette is exact up to 2,000 points (1,200 at 768 coordinates); above, it is the mean over up to
        /// 2,000 points of distances to up to 10,000. The other indices see all points up to 2²² numbers.
        public static let fit = Limits(
            values: 1 << 22, exactRows: 2_000, exactOperations: 1 << 30, queries: 2_000, references: 10_000,
            operations: 1 << 27)
    }
}

extension ClusterQuality {
    init(
        _ points: Points, labels: [Int32], frame: CoordinateFrame?, areDirections: Bool = false, limits: Limits,
        seed: UInt64, passes: RowPasses
    ) throws {
        let frame = frame ?? .identity(dimension: points.dimension)
        guard labels.count == points.count, frame.offsets.count == points.dimension else {
            throw ClusteringError(
                .invalidOption, option: labels.count == points.count ? "frame" : "labels",
                detail: "\(labels.count) labels and a frame of \(frame.offsets.count) columns do not go with "
                    + "\(points.count) points of \(points.dimension); give one label a point and a frame of the same "
                    + "columns.")
        }
        let kept = Self.hasNegative(labels) ? labels.indices.filter { labels[$0] >= 0 } : nil
        let names = DenseLabels(kept.map { $0.map { labels[$0] } } ?? labels)
        let rows = ExactRows(points: points, frame: frame, choice: kept?.map(Int64.init), areDirections: areDirections)
        let partition = Partition(rows: rows, labels: names.labels, clusterCount: names.count)
        let sample = try partition.sampled(
            limits.values / max(1, points.dimension), seed: seed, passes: passes)
        let spread = try ClusterSpread(sample, passes: passes)
        let growth = Double(rows.count) / Double(max(1, sample.count))
        inertia = spread.squares.reduce(0, +) * growth * frame.unit * frame.unit
        rowsMeasured = sample.count
        guard names.count >= 2, names.count < rows.count else {
            (silhouette, daviesBouldin, calinskiHarabasz, silhouettesMeasured) = (nil, nil, nil, 0)
            return
        }
        daviesBouldin = spread.daviesBouldin
        calinskiHarabasz = spread.calinskiHarabasz(growth: growth)
        let measured = try Silhouette(partition, limits: limits, seed: seed, passes: passes)
        (silhouette, silhouettesMeasured) = (measured.mean, measured.queries)
    }
}

extension ClusterQuality {
    private static func hasNegative(_ labels: [Int32]) -> Bool {
        labels.withUnsafeBufferPointer { labels in
            var union: Int32 = 0
            for label in labels { union |= label }
            return union < 0
        }
    }
}

/// Rows with their clusters, numbered from 0.
struct Partition: Sendable {
    let rows: ExactRows
    let labels: [Int32]
    let clusterCount: Int

    var count: Int { rows.count }

    /// At most `size` of the rows, spread over them.
    func sampled(_ size: Int, seed: UInt64, passes: RowPasses) throws -> Partition {
        guard let chosen = RowSample.rows(max(1, size), of: count, seed: seed) else { return self }
        return with(try rows.sampled(chosen, passes: passes), chosen)
    }

    func choosing(_ chosen: [Int64]) -> Partition { with(rows.choosing(chosen), chosen) }

    private func with(_ some: ExactRows, _ chosen: [Int64]) -> Partition {
        Partition(rows: some, labels: chosen.map { labels[Int($0)] }, clusterCount: clusterCount)
    }
}
