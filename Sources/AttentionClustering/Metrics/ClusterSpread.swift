internal import CKernels

/// Means of clusters, and how far their points lie from them.
struct ClusterSpread: Sendable {
    /// K×d, rows of clusters without points are zero.
    let means: Matrix
    let sizes: [Int]
    /// Σ of distances to the mean, cluster by cluster.
    let distances: [Double]
    /// Σ of squared distances to the mean, cluster by cluster.
    let squares: [Double]

    init(_ partition: Partition, passes: RowPasses) throws {
        let (k, d) = (partition.clusterCount, partition.rows.dimension)
        let layout = RowLayout(rows: partition.count, width: 2 * d, partialSize: k * d)
        var sizes = [Int](repeating: 0, count: k)
        for label in partition.labels { sizes[Int(label)] += 1 }
        let sums = try Self.run(partition, layout, size: k * d, passes) { points, n, labels, sums in
            ac_sum_by_label(points, n, Int64(d), labels, &sums)
        }
        var means = Matrix(rows: k, columns: d, values: sums)
        for c in 0..<k where sizes[c] > 0 { for j in 0..<d { means[c, j] /= Double(sizes[c]) } }
        let centres = means
        let spread = try Self.run(partition, layout, size: 2 * k, passes) { points, n, labels, sums in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let start = sums.baseAddress else { return }
                centres.withUnsafeValues {
                    ac_spread_by_label(points, n, Int64(d), labels, $0.baseAddress, start, start + k)
                }
            }
        }
        self.means = means
        self.sizes = sizes
        distances = Array(spread[..<k])
        squares = Array(spread[k...])
    }

    private static func run(
        _ partition: Partition, _ layout: RowLayout, size: Int, _ passes: RowPasses,
        visit: @Sendable (UnsafePointer<Double>, Int64, UnsafePointer<Int32>, inout [Double]) -> Void
    ) throws -> [Double] {
        let (rows, labels) = (partition.rows, partition.labels)
        let partials = try passes.run(
            layout, abandonable: false,
            scratch: { AlignedBuffer<Double>(count: layout.tileRows * rows.dimension, filledWith: 0) },
            partial: { [Double](repeating: 0, count: size) }
        ) { scratch, sums, range in
            rows.load(range, into: scratch.pointer)
            labels.withUnsafeBufferPointer { labels in
                guard let start = labels.baseAddress else { return }
                visit(scratch.pointer, Int64(range.count), start + range.lowerBound, &sums)
            }
        }
        return (partials ?? []).reduce(into: [Double](repeating: 0, count: size)) { total, partial in
            for index in 0..<size { total[index] += partial[index] }
        }
    }

    private var occupied: [Int] { sizes.indices.filter { sizes[$0] > 0 } }

    /// Mean over clusters of the largest (s_a + s_b)/‖mean_a − mean_b‖; 0 where no cluster has any extent, and
    /// clusters with one mean do not count for each other.
    var daviesBouldin: Double {
        let occupied = occupied
        let radii = occupied.map { distances[$0] / Double(sizes[$0]) }
        let rows = occupied.map(means.row)
        guard radii.contains(where: { $0 > 0 }) else { return 0 }
        let sum = rows.indices.reduce(0.0) { sum, a in
            sum
                + rows.indices.reduce(0.0) { worst, b in
                    let distance = squaredDistance(rows[a], rows[b]).squareRoot()
                    return distance > 0 ? max(worst, (radii[a] + radii[b]) / distance) : worst
                }
        }
        return sum / Double(occupied.count)
    }

    /// Σ n_k‖mean_k − mean‖²/(K − 1) over Σ of squares/(N − K); 1 where all points sit on their means.
    ///
    /// - Parameter growth: how many points each row stands for, because the index rises with their number.
    func calinskiHarabasz(growth: Double) -> Double {
        let (n, k) = (Double(sizes.reduce(0, +)), Double(occupied.count))
        let within = squares.reduce(0, +)
        guard within > 0, n > k, k > 1 else { return 1 }
        let mean = (0..<means.columns).map { j in
            occupied.reduce(0.0) { $0 + Double(sizes[$1]) * means[$1, j] } / n
        }
        let between = occupied.reduce(0.0) { $0 + Double(sizes[$1]) * squaredDistance(means.row($1), mean) }
        return growth * between * (n - k) / (within * (k - 1))
    }
}
