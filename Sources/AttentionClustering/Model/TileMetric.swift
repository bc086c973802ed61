internal import CKernels
internal import COpenBLAS

/// A query-key metric made ready to compare tiles of points with centroids, in single precision.
///
/// Centroids are K×d, row-major; factors F_k are lower triangular, d×d, with A_k = F_kᵀF_k.
enum TileMetric: Sendable {
    /// ‖x − c_k‖².
    case spherical(centroids: [Float])
    /// Σ_j a_kj(x_j − c_kj)².
    case diagonal(centroids: [Float], precisions: [Float])
    /// ‖F(x − o) − F(c_k − o)‖² with one factor for all clusters: squared distances of whitened points.
    case tied(factor: [Float], whitenedCentroids: [Float])
    /// ‖F_k(x − c_k)‖².
    case full(centroids: [Float], factors: [Float])

    /// Floats a coordinate of a tile that ``measure(_:stride:count:dimension:clusters:work:into:)`` needs as work.
    func workRows(dimension d: Int) -> Int {
        switch self {
        case .spherical, .diagonal: 0
        case .tied, .full: d
        }
    }

    /// Writes squared distances of a tile's points to all centroids, K rows of `stride` floats.
    func measure(
        _ tile: UnsafePointer<Float>, stride: Int, count: Int, dimension: Int, clusters: Int,
        work: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let (lanes, n, d, k) = (Int64(stride), Int64(count), Int64(dimension), Int64(clusters))
        switch self {
        case .spherical(let centroids):
            ac_squared_distances(tile, lanes, n, d, centroids, k, out)
        case .diagonal(let centroids, let precisions):
            ac_scaled_distances(tile, lanes, n, d, centroids, precisions, k, out)
        case .tied(let factor, let whitened):
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(d), Int32((count + 15) / 16 * 16), Int32(d), 1, factor,
                Int32(d), tile, Int32(stride), 0, work, Int32(stride))
            ac_squared_distances(work, lanes, n, d, whitened, k, out)
        case .full(let centroids, let factors):
            centroids.withUnsafeBufferPointer { centroids in
                factors.withUnsafeBufferPointer { factors in
                    guard let c = centroids.baseAddress, let f = factors.baseAddress else { return }
                    for index in 0..<clusters {
                        ac_triangular_distances(
                            tile, lanes, n, d, c + index * dimension, f + index * dimension * dimension, work,
                            out + index * stride)
                    }
                }
            }
        }
    }
}
