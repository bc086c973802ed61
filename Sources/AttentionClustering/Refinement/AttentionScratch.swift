internal import CKernels
internal import COpenBLAS
internal import Synchronization

/// How much memory a pass of attention needs.
struct ScratchShape: Sendable, Equatable {
    let stride, d, k, scoreRows: Int
    let hasProducts: Bool

    init(_ layout: RowLayout, _ scores: TileScores, d: Int, moments: SecondMoments) {
        (stride, self.d, k) = (layout.stride, d, scores.clusterCount)
        scoreRows = scores.scratchRows(dimension: d)
        hasProducts = if case .full = moments { true } else { false }
    }
}

/// Keeps the memory of passes over few rows from one iteration to the next: making it takes as long as such a pass.
final class ScratchPool: Sendable {
    private let spare = Mutex<[AttentionScratch]>([])

    private static let limit = 4

    /// Scratch memory for one thread, which comes back when the lease ends.
    final class Lease {
        let scratch: AttentionScratch
        private let pool: ScratchPool

        fileprivate init(_ scratch: AttentionScratch, _ pool: ScratchPool) {
            (self.scratch, self.pool) = (scratch, pool)
        }

        deinit { pool.take(back: scratch) }
    }

    func lease(_ shape: ScratchShape) -> Lease {
        let found = spare.withLock { spare in
            spare.firstIndex { $0.shape == shape }.map { spare.remove(at: $0) }
        }
        return Lease(found ?? AttentionScratch(shape), self)
    }

    private func take(back scratch: AttentionScratch) {
        spare.withLock { spare in
            if spare.count >= Self.limit { spare.removeFirst() }
            spare.append(scratch)
        }
    }
}

/// Memory that one thread of a pass of attention works in.
///
/// `@unchecked Sendable` is sound: a ``ScratchPool`` leases it to one thread at a time, which alone touches it.
final class AttentionScratch: @unchecked Sendable {
    let shape: ScratchShape
    let tile, distances, responsibilities, confidence, weights, weighted, product: AlignedBuffer<Float>
    let labels: AlignedBuffer<Int32>
    let k, d, stride: Int64
    /// Whether the rows of the tile have weights.
    var isWeighted = false

    init(_ shape: ScratchShape) {
        self.shape = shape
        let (rows, d, k) = (shape.stride, shape.d, shape.k)
        (self.k, self.d, stride) = (Int64(k), Int64(d), Int64(rows))
        tile = AlignedBuffer(count: d * rows, filledWith: 0)
        distances = AlignedBuffer(count: shape.scoreRows * rows, filledWith: 0)
        responsibilities = AlignedBuffer(count: k * rows, filledWith: 0)
        confidence = AlignedBuffer(count: rows, filledWith: 0)
        weights = AlignedBuffer(count: rows, filledWith: 0)
        labels = AlignedBuffer(count: rows, filledWith: 0)
        weighted = AlignedBuffer(count: shape.hasProducts ? d * rows : 0, filledWith: 0)
        product = AlignedBuffer(count: shape.hasProducts ? d * d : 0, filledWith: 0)
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
