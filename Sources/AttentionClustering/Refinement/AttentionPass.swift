internal import CKernels
internal import COpenBLAS

/// Passes of attention of rows (queries) to centroids (keys and values).
struct AttentionPass: Sendable {
    let rows: FramedRows
    let passes: RowPasses

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
            ac_attend(
                work.distances.pointer, work.stride, n, work.k, biases, half, work.responsibilities.pointer,
                &sum.logLikelihood, &scatter)
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
                sum.scatter += ac_total(work.confidence.pointer, n)
            }
            ac_one_hot(work.labels.pointer, work.stride, n, work.k, work.responsibilities.pointer)
        }
        return result ?? ClusterSums(k: scores.clusterCount, d: d, moments: moments)
    }

    private func run(
        _ scores: TileScores, about centroids: Matrix, collecting moments: SecondMoments, abandonable: Bool,
        respond: @Sendable (Scratch, inout ClusterSums, Int64) -> Void
    ) throws -> ClusterSums? {
        let (k, d) = (scores.clusterCount, rows.dimension)
        let layout = RowLayout(
            rows: rows.count, width: d + 2 * k, partialSize: k * d + moments.size(k: k, d: d))
        let centres = centroids.floats
        let partials = try passes.run(
            layout, abandonable: abandonable, scratch: { Scratch(layout, scores, d: d, moments: moments) },
            partial: { ClusterSums(k: k, d: d, moments: moments) }
        ) { work, sum, range in
            rows.load(range, into: work.tile.pointer, stride: layout.stride)
            respond(work, &sum, Int64(range.count))
            ac_accumulate(
                work.tile.pointer, work.stride, Int64(range.count), work.d, work.responsibilities.pointer, work.k,
                &sum.counts, &sum.sums)
            work.addSquares(moments, about: centres, count: range.count, to: &sum.squares)
        }
        guard let partials else { return nil }
        var total = ClusterSums(k: k, d: d, moments: moments)
        for partial in partials { total.add(partial) }
        return total
    }

    private final class Scratch {
        let tile, distances, responsibilities, confidence, weighted, product: AlignedBuffer<Float>
        let labels: AlignedBuffer<Int32>
        let k, d, stride: Int64

        init(_ layout: RowLayout, _ scores: TileScores, d: Int, moments: SecondMoments) {
            let k = scores.clusterCount
            let isFull = if case .full = moments { true } else { false }
            (self.k, self.d, stride) = (Int64(k), Int64(d), Int64(layout.stride))
            tile = AlignedBuffer(count: d * layout.stride, filledWith: 0)
            distances = AlignedBuffer(count: scores.scratchRows(dimension: d) * layout.stride, filledWith: 0)
            responsibilities = AlignedBuffer(count: k * layout.stride, filledWith: 0)
            confidence = AlignedBuffer(count: layout.stride, filledWith: 0)
            labels = AlignedBuffer(count: layout.stride, filledWith: 0)
            weighted = AlignedBuffer(count: isFull ? d * layout.stride : 0, filledWith: 0)
            product = AlignedBuffer(count: isFull ? d * d : 0, filledWith: 0)
        }

        func addSquares(_ moments: SecondMoments, about centroids: [Float], count: Int, to squares: inout [Double]) {
            switch moments {
            case .none: break
            case .diagonal:
                ac_accumulate_squares(
                    tile.pointer, stride, Int64(count), d, responsibilities.pointer, k, centroids, &squares)
            case .full:
                let size = Int(d * d)
                for cluster in 0..<Int(k) {
                    let own = centroids.withUnsafeBufferPointer { all in
                        ac_weigh(
                            tile.pointer, stride, Int64(count), d, all.baseAddress.map { $0 + cluster * Int(d) },
                            responsibilities.pointer + cluster * Int(stride), weighted.pointer)
                    }
                    guard own > 0 else { continue }
                    cblas_ssyrk(
                        CblasRowMajor, CblasUpper, CblasNoTrans, Int32(d), Int32(count), 1, weighted.pointer,
                        Int32(stride), 0, product.pointer, Int32(d))
                    squares.withUnsafeMutableBufferPointer { all in
                        ac_add_floats(product.pointer, Int64(size), all.baseAddress.map { $0 + cluster * size })
                    }
                }
            }
        }
    }
}
