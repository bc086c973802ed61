internal import CKernels

/// The mean silhouette (b − a)/max(a, b) of points: a is the mean distance to the rest of the own cluster, b to the
/// nearest other cluster; 0 for a point alone in its cluster.
struct Silhouette: Sendable {
    let mean: Double
    /// How many silhouettes were averaged.
    let queries: Int

    /// What a distance costs beside its d coordinates: a square root and its share of the sums.
    private static let overhead = 24

    init(_ partition: Partition, limits: ClusterQuality.Limits, seed: UInt64, passes: RowPasses) throws {
        let references = try Self.references(partition, limits: limits, seed: seed, passes: passes)
        let count = references.count
        let cost = partition.rows.dimension + Self.overhead
        var queries = count
        if !Self.isExact(partition, limits: limits) {
            queries = min(limits.queries, count, max(1, limits.operations / cost / max(1, count)))
        }
        let sorted = try SortedReferences(references, passes: passes)
        let chosen = RowSample.rows(queries, of: count, seed: seed)
        let sample = chosen.map(references.choosing) ?? references
        let sums = try sorted.sumSilhouettes(of: sample, passes: passes)
        mean = sums / Double(max(1, sample.count))
        self.queries = sample.count
    }

    private static func isExact(_ partition: Partition, limits: ClusterQuality.Limits) -> Bool {
        let (pairs, large) = partition.count.multipliedReportingOverflow(by: partition.count)
        return partition.count <= limits.exactRows && !large
            && pairs <= limits.exactOperations / (partition.rows.dimension + overhead)
    }

    /// Where the operations are limited, five references a query.
    private static func references(
        _ partition: Partition, limits: ClusterQuality.Limits, seed: UInt64, passes: RowPasses
    ) throws -> Partition {
        guard !isExact(partition, limits: limits) else { return partition }
        let pairs = Double(limits.operations / (partition.rows.dimension + overhead))
        let most = max(Int((5 * pairs).squareRoot()), 8 * partition.clusterCount)
        return try partition.sampled(min(limits.references, most), seed: seed, passes: passes)
    }
}

/// References feature-major and sorted by cluster, as the kernel takes them.
private struct SortedReferences: Sendable {
    private let values: AlignedBuffer<Double>
    private let stride: Int
    private let starts: [Int64]
    private let dimension: Int

    init(_ partition: Partition, passes: RowPasses) throws {
        let (n, d, k) = (partition.count, partition.rows.dimension, partition.clusterCount)
        stride = (n + 7) / 8 * 8 + 40
        dimension = d
        values = AlignedBuffer(count: d * stride, filledWith: 0)
        var starts = [Int64](repeating: 0, count: k + 1)
        for label in partition.labels { starts[Int(label) + 1] += 1 }
        for c in 0..<k { starts[c + 1] += starts[c] }
        var next = starts
        let row = AlignedBuffer<Double>(count: d, filledWith: 0)
        for index in 0..<n {
            if index % 64 == 63 { _ = try passes.proceed() }
            let label = Int(partition.labels[index])
            partition.rows.load(index..<index + 1, into: row.pointer)
            for j in 0..<d { values.pointer[j * stride + Int(next[label])] = row.pointer[j] }
            next[label] += 1
        }
        self.starts = starts
    }

    /// Σ of the silhouettes of `queries`, which are among the references.
    func sumSilhouettes(of queries: Partition, passes: RowPasses) throws -> Double {
        let (d, k) = (dimension, starts.count - 1)
        let layout = RowLayout(rows: queries.count, width: d + k + 512)
        let sums = try passes.run(
            layout, abandonable: false,
            scratch: {
                (
                    points: AlignedBuffer<Double>(count: layout.tileRows * d, filledWith: 0),
                    sums: AlignedBuffer<Double>(count: layout.tileRows * k, filledWith: 0)
                )
            }, partial: { 0.0 }
        ) { scratch, total, range in
            queries.rows.load(range, into: scratch.points.pointer)
            scratch.sums.pointer.update(repeating: 0, count: range.count * k)
            ac_distance_sums(
                values.pointer, Int64(stride), Int64(d), starts, Int64(k), scratch.points.pointer, Int64(range.count),
                scratch.sums.pointer)
            for (index, row) in range.enumerated() {
                total += silhouette(scratch.sums.pointer + index * k, own: Int(queries.labels[row]))
            }
        }
        return (sums ?? []).reduce(0, +)
    }

    private func silhouette(_ sums: UnsafePointer<Double>, own: Int) -> Double {
        let size = starts[own + 1] - starts[own]
        guard size > 1 else { return 0 }
        let inner = sums[own] / Double(size - 1)
        var outer = Double.infinity
        for c in 0..<starts.count - 1 where c != own && starts[c + 1] > starts[c] {
            outer = min(outer, sums[c] / Double(starts[c + 1] - starts[c]))
        }
        let larger = max(inner, outer)
        return larger > 0 && larger.isFinite ? (outer - inner) / larger : 0
    }
}
