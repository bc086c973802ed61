internal import CKernels
internal import COpenBLAS

/// A rule made ready to score tiles of points in a frame: single precision, rows laid out for the kernels.
enum TileScores: Sendable {
    /// s_k = bias_k + ⟨row_k, x⟩; rows K×d.
    case affine(rows: [Float], biases: [Float])
    /// s_k = bias_k − half·m_k(x) for the squared distance m_k of a metric.
    case attention(TileMetric, biases: [Float], half: Float)

    /// The nearest centroid wins.
    static func nearest(_ centroids: Matrix) -> TileScores {
        .attention(
            .spherical(centroids: centroids.values.map(Float.init)),
            biases: [Float](repeating: 0, count: centroids.rows), half: 1)
    }

    var clusterCount: Int {
        switch self {
        case .affine(_, let biases), .attention(_, let biases, _): biases.count
        }
    }

    /// Rows of `stride` floats that ``choose(_:stride:count:dimension:scratch:labels:confidence:)`` needs.
    func scratchRows(dimension: Int) -> Int {
        switch self {
        case .affine: clusterCount
        case .attention(let metric, _, _): clusterCount + metric.workRows(dimension: dimension)
        }
    }

    /// What one tile's labelling found out.
    struct Outcome {
        var logLikelihood = 0.0
        var ties = 0
    }

    /// Labels the points of a tile; `scratch` holds ``scratchRows(dimension:)``·stride floats.
    ///
    /// - Parameter weights: what the points count for in the log-likelihood; nil for one each.
    func choose(
        _ tile: UnsafePointer<Float>, stride: Int, count: Int, dimension: Int, scratch: UnsafeMutablePointer<Float>,
        labels: UnsafeMutablePointer<Int32>, confidence: UnsafeMutablePointer<Float>,
        weights: UnsafePointer<Float>? = nil
    ) -> Outcome {
        var outcome = Outcome()
        let (lanes, n, d, k) = (Int64(stride), Int64(count), Int64(dimension), Int64(clusterCount))
        switch self {
        case .affine(let rows, let biases):
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(k), Int32((count + 15) / 16 * 16), Int32(d), 1, rows,
                Int32(d), tile, Int32(stride), 0, scratch, Int32(stride))
            outcome.ties = Int(ac_choose_largest(scratch, lanes, n, k, biases, labels, confidence))
        case .attention(let metric, let biases, let half):
            metric.measure(
                tile, stride: stride, count: count, dimension: dimension, clusters: clusterCount,
                work: scratch + clusterCount * stride, into: scratch)
            outcome.ties = Int(
                weights.map {
                    ac_choose_weighted(
                        scratch, lanes, n, k, biases, half, $0, labels, confidence, &outcome.logLikelihood)
                } ?? ac_choose(scratch, lanes, n, k, biases, half, labels, confidence, &outcome.logLikelihood))
        }
        return outcome
    }
}
