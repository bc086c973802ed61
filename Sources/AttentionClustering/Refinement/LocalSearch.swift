internal import CKernels

/// Swaps centroids for points where that lowers the sum of squared distances: what k-means++ seeds need when there are
/// many clusters, some without a seed and some with two.
///
/// Lattanzi and Sohler, *A better k-means++ algorithm via local search* (2019): a point drawn with probability
/// proportional to its squared distance takes the place of the centroid that is missed least, if the sum falls. Works
/// on a sample of the rows, whose distances to all centroids are kept.
struct LocalSearch {
    private let points: AlignedBuffer<Float>
    private let distances: AlignedBuffer<Float>
    private let candidate, first, second: AlignedBuffer<Float>
    private let owners: AlignedBuffer<Int32>
    private let weights: AlignedBuffer<Float>?
    private var centroids: Matrix
    private let n, d, k, stride: Int
    private let passes: RowPasses

    /// Swaps that are tried, per cluster.
    private static let tries = 2
    /// The most products that trying takes.
    private static let costLimit = 1 << 28

    /// - Parameter rows: the sample.
    init(rows: FramedRows, centroids: Matrix, passes: RowPasses) {
        (n, d, k) = (rows.count, rows.dimension, centroids.rows)
        stride = (n + 15) / 16 * 16 + 16
        self.centroids = centroids
        self.passes = passes
        points = AlignedBuffer(count: d * stride, filledWith: 0)
        distances = AlignedBuffer(count: k * stride, filledWith: 0)
        candidate = AlignedBuffer(count: stride, filledWith: 0)
        first = AlignedBuffer(count: stride, filledWith: 0)
        second = AlignedBuffer(count: stride, filledWith: 0)
        owners = AlignedBuffer(count: stride, filledWith: 0)
        rows.load(0..<n, into: points.pointer, stride: stride)
        let all = AlignedBuffer<Float>(count: stride, filledWith: 0)
        weights = rows.loadWeights(0..<n, into: all.pointer) ? all : nil
        ac_squared_distances(
            points.pointer, Int64(stride), Int64(n), Int64(d), centroids.floats, Int64(k), distances.pointer)
    }

    /// K×d centroids in the frame.
    ///
    /// - Parameter observe: told after every try how much work it was, in passes of attention over the sample.
    mutating func improved(_ random: inout RandomSource, observe: (Double) -> Void = { _ in }) throws -> Matrix {
        guard n > 0, k > 1 else { return centroids }
        var cost = findNearest()
        var losses = [Double](repeating: 0, count: k)
        for _ in 0..<min(Self.tries * k, Self.costLimit / (n * (d + 8))) where cost > 0 {
            guard try passes.proceed() else { break }
            // The distances to one point of the k that a pass takes.
            var work = 1 / Double(k)
            defer { observe(work) }
            let row = drawn(random.uniform() * cost)
            let place = (0..<d).map { points[$0 * stride + row] }
            ac_squared_distances(points.pointer, Int64(stride), Int64(n), Int64(d), place, 1, candidate.pointer)
            for index in 0..<k { losses[index] = 0 }
            let base = ac_swap_losses(
                candidate.pointer, first.pointer, second.pointer, owners.pointer, weights?.pointer, Int64(n), &losses)
            guard let least = losses.indices.min(by: { losses[$0] < losses[$1] }), base + losses[least] < cost else {
                continue
            }
            (distances.pointer + least * stride).update(from: candidate.pointer, count: stride)
            for j in 0..<d { centroids[least, j] = Double(place[j]) }
            cost = findNearest()
            // A comparison for each of the d products of a pass.
            work += 1 / Double(d)
        }
        return centroids
    }

    /// Finds each point's two nearest centroids; returns the sum of squared distances to the nearest.
    private func findNearest() -> Double {
        ac_two_nearest(
            distances.pointer, Int64(stride), Int64(n), Int64(k), first.pointer, second.pointer, owners.pointer)
        return weights.map { ac_weighted_total(first.pointer, $0.pointer, Int64(n)) }
            ?? ac_total(first.pointer, Int64(n))
    }

    private func drawn(_ target: Double) -> Int {
        Int(
            weights.map { ac_pick_weighted(first.pointer, $0.pointer, Int64(n), target) }
                ?? ac_pick(first.pointer, Int64(n), target))
    }
}
