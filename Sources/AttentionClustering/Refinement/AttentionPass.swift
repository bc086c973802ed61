internal import CKernels
internal import COpenBLAS

/// Passes of attention of rows (queries) to centroids (keys and values).
struct AttentionPass: Sendable {
    let rows: FramedRows
    let passes: RowPasses
    private let spare = ScratchPool()

    init(rows: FramedRows, passes: RowPasses) {
        self.rows = rows
        self.passes = passes
    }

    /// Softmax attention.
    ///
    /// - Parameters:
    ///   - scores: of the attention kind.
    ///   - centroids: K×d, about which second moments are taken.
    /// - Returns: nil when the fit shall finish.
    func soft(
        _ scores: TileScores, about centroids: Matrix, collecting moments: SecondMoments = .none
    ) throws -> ClusterSums? {
        guard case .attention(let metric, let biases, let half) = scores else { return nil }
        let isSpherical = if case .spherical = metric { true } else { false }
        return try run(scores, about: centroids, collecting: moments, abandonable: true) { work, sum, n in
            metric.measure(
                work.tile.pointer, stride: Int(work.stride), count: Int(n), dimension: Int(work.d),
                clusters: Int(work.k), work: work.distances.pointer + Int(work.k * work.stride),
                into: work.distances.pointer)
            var scatter = 0.0
            if work.isWeighted {
                ac_attend_weighted(
                    work.distances.pointer, work.stride, n, work.k, biases, half, work.weights.pointer,
                    work.responsibilities.pointer, &sum.logLikelihood, &scatter)
            } else {
                ac_attend(
                    work.distances.pointer, work.stride, n, work.k, biases, half, work.responsibilities.pointer,
                    &sum.logLikelihood, &scatter)
            }
            if isSpherical { sum.scatter += scatter }
        }
    }

    /// Attention to the best cluster alone under any rule; as the start of everything else it is not abandoned.
    func hard(
        _ scores: TileScores, about centroids: Matrix? = nil, collecting moments: SecondMoments = .none
    ) throws -> ClusterSums {
        let d = rows.dimension
        let centres = centroids ?? Matrix(rows: scores.clusterCount, columns: d)
        let result = try run(scores, about: centres, collecting: moments, abandonable: false) { work, sum, n in
            _ = scores.choose(
                work.tile.pointer, stride: Int(work.stride), count: Int(n), dimension: Int(work.d),
                scratch: work.distances.pointer, labels: work.labels.pointer, confidence: work.confidence.pointer)
            if case .attention(.spherical(let centroids), _, _) = scores {
                ac_distance_to_own(
                    work.tile.pointer, work.stride, n, work.d, centroids, work.labels.pointer, work.confidence.pointer)
                sum.scatter +=
                    work.isWeighted
                    ? ac_weighted_total(work.confidence.pointer, work.weights.pointer, n)
                    : ac_total(work.confidence.pointer, n)
            }
            ac_one_hot(work.labels.pointer, work.stride, n, work.k, work.responsibilities.pointer)
            if work.isWeighted {
                ac_weigh_rows(work.responsibilities.pointer, work.stride, n, work.k, work.weights.pointer)
            }
        }
        return result ?? ClusterSums(k: scores.clusterCount, d: d, moments: moments)
    }

    private func run(
        _ scores: TileScores, about centroids: Matrix, collecting moments: SecondMoments, abandonable: Bool,
        respond: @Sendable (AttentionScratch, inout ClusterSums, Int64) -> Void
    ) throws -> ClusterSums? {
        let (k, d) = (scores.clusterCount, rows.dimension)
        let layout = RowLayout(
            rows: rows.count, width: d + 2 * k, partialSize: k * d + moments.size(k: k, d: d))
        let centres = centroids.floats
        let shape = ScratchShape(layout, scores, d: d, moments: moments)
        return try passes.sum(
            layout, abandonable: abandonable, scratch: { spare.lease(shape) },
            partial: { ClusterSums(k: k, d: d, moments: moments) }, add: { $0.add($1) }
        ) { lease, sum, range in
            let work = lease.scratch
            rows.load(range, into: work.tile.pointer, stride: layout.stride)
            work.isWeighted = rows.loadWeights(range, into: work.weights.pointer)
            respond(work, &sum, Int64(range.count))
            ac_accumulate(
                work.tile.pointer, work.stride, Int64(range.count), work.d, work.responsibilities.pointer, work.k,
                &sum.counts, &sum.sums)
            work.addSquares(moments, about: centres, count: range.count, to: &sum.squares)
        }
    }
}
