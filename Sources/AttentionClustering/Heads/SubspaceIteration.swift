internal import CKernels
internal import COpenBLAS

/// Leading eigenvectors of a covariance too large to be written down, by block power iteration over the points.
///
/// Halko, Martinsson, Tropp, *Finding structure with randomness* (2011), section 4.5, with a Rayleigh-Ritz step each
/// round. A sample of the rows does: the directions only start the heads.
struct SubspaceIteration {
    private let rows: FramedRows
    private let mean: [Float]
    private let passes: RowPasses

    private static let sampleRows = 1 << 13
    private static let rounds = 24
    private static let tolerance = 1e-3

    init(rows: FramedRows, mean: [Double], passes: RowPasses) throws {
        self.rows = try rows.sampled(
            RowSample.rows(Self.sampleRows, of: rows.count, seed: 0), passes: passes)
        self.mean = mean.map(Float.init)
        self.passes = passes
    }

    /// The largest `count` eigenvalues, falling, and their eigenvectors as rows.
    func leading(_ count: Int) throws -> (values: [Double], vectors: Matrix)? {
        let d = rows.dimension
        let width = min(d, count + 8)
        var random = RandomSource(seed: 0, stream: 1)
        var basis = Matrix(rows: d, columns: width, values: (0..<d * width).map { _ in random.normal() }).polarFactor()
        var last: [Double] = []
        for _ in 0..<Self.rounds {
            guard let current = basis, let image = try covarianceTimes(current) else { break }
            let small = current.transposedTimes(image)
            guard let ritz = small.symmetrized.leadingEigenvectors(width) else { return nil }
            let settled =
                last.count == width
                && zip(last, ritz.values).prefix(count).allSatisfy { abs($0 - $1) <= Self.tolerance * abs($1) }
            last = ritz.values
            if settled {
                let vectors = current.times(ritz.vectors.transposed).transposed
                return (Array(last.prefix(count)), vectors.prefix(count))
            }
            basis = image.times(ritz.vectors.transposed).scaledToUnit().polarFactor()
        }
        guard let current = basis, let image = try covarianceTimes(current),
            let ritz = current.transposedTimes(image).symmetrized.leadingEigenvectors(width)
        else { return nil }
        return (Array(ritz.values.prefix(count)), current.times(ritz.vectors.transposed).transposed.prefix(count))
    }

    /// Cov·V for V of shape d×s: per tile Z = Vᵀ(X − mean) and then (X − mean)·Zᵀ.
    private func covarianceTimes(_ basis: Matrix) throws -> Matrix? {
        let (d, s) = (rows.dimension, basis.columns)
        let layout = RowLayout(rows: rows.count, width: d + s, partialSize: d * s)
        let turned = basis.transposed.values.map(Float.init)
        let offset = (0..<s).map { column in
            zip(basis.column(column), mean).reduce(Float(0)) { $0 + Float($1.0) * $1.1 }
        }
        let sum = try passes.sum(
            layout, abandonable: false, scratch: { Scratch(layout, d: d, s: s) },
            partial: { Matrix(rows: d, columns: s) }, add: { $0.add($1) }
        ) { scratch, sum, range in
            let (stride, n) = (Int32(layout.stride), Int32(range.count))
            rows.load(range, into: scratch.tile.pointer, stride: layout.stride)
            for column in 0..<s {
                let row = scratch.projected.pointer + column * layout.stride
                row.update(repeating: -offset[column], count: range.count)
            }
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(s), n, Int32(d), 1, turned, Int32(d),
                scratch.tile.pointer, stride, 1, scratch.projected.pointer, stride)
            if rows.loadWeights(range, into: scratch.weights.pointer) {
                ac_weigh_rows(
                    scratch.projected.pointer, Int64(stride), Int64(n), Int64(s), scratch.weights.pointer)
            }
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, Int32(d), Int32(s), n, 1, scratch.tile.pointer, stride,
                scratch.projected.pointer, stride, 0, scratch.product.pointer, Int32(s))
            sum.add(floats: scratch.product.pointer)
        }
        // Σ (x − m)zᵀ = Σ xzᵀ, because Σ z = 0 up to how far the sample's mean is from m.
        return sum?.scaled(by: 1 / rows.totalWeight)
    }

    private final class Scratch {
        let tile, weights: AlignedBuffer<Float>
        let projected: AlignedBuffer<Float>
        let product: AlignedBuffer<Float>

        init(_ layout: RowLayout, d: Int, s: Int) {
            tile = AlignedBuffer(count: d * layout.stride, filledWith: 0)
            weights = AlignedBuffer(count: layout.stride, filledWith: 0)
            projected = AlignedBuffer(count: s * layout.stride, filledWith: 0)
            product = AlignedBuffer(count: d * s, filledWith: 0)
        }
    }
}
