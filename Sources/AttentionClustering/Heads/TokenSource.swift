internal import CKernels
internal import COpenBLAS

/// What the heads see: rows as tokens of `dimension` coordinates, in double precision.
struct TokenSource: Sendable {
    let rows: FramedRows
    /// Nil when tokens are the points as they are.
    let lift: Lift?
    /// Whether lifted tokens are scaled to unit length, as layer normalisation does; centres then have length one.
    var scalesToUnit = true

    var count: Int { rows.count }
    var dimension: Int { lift?.dimension ?? rows.dimension }

    /// The same tokens, of which only a sample.
    func sampled(_ choice: [Int64]?, passes: RowPasses) throws -> TokenSource {
        TokenSource(rows: try rows.sampled(choice, passes: passes), lift: lift, scalesToUnit: scalesToUnit)
    }

    func layout(partialSize: Int, width: Int = 0) -> RowLayout {
        RowLayout(rows: count, width: rows.dimension + 3 * dimension + width, partialSize: partialSize)
    }

    /// Σ of the tokens' weights.
    var totalWeight: Double { rows.totalWeight }

    func makeScratch(_ layout: RowLayout) -> Scratch { Scratch(self, layout) }

    /// Writes the weights of the tokens of `range`, and their roots, to the scratch.
    ///
    /// - Returns: false where all tokens count for one and nothing is written.
    func loadWeights(_ range: Range<Int>, _ scratch: Scratch) -> Bool {
        guard rows.loadWeights(range, into: scratch.tile.pointer) else { return false }
        for index in 0..<range.count {
            let weight = Double(scratch.tile.pointer[index])
            scratch.weights.pointer[index] = weight
            scratch.roots.pointer[index] = weight.squareRoot()
        }
        return true
    }

    /// Writes the tokens of `range` to `scratch.tokens`, row-major.
    func load(_ range: Range<Int>, _ scratch: Scratch) {
        rows.load(range, into: scratch.tile.pointer, stride: scratch.stride)
        let (stride, n, d) = (scratch.stride, range.count, rows.dimension)
        guard let lift else {
            ac_plain_tokens(scratch.tile.pointer, Int64(stride), Int64(n), Int64(d), scratch.tokens.pointer)
            return
        }
        let r = lift.directions.count
        for j in 0..<r { (scratch.lifted.pointer + j * stride).update(repeating: scratch.bias[j], count: n) }
        if r > 0 {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(r), Int32(n), Int32(d), 1, scratch.directions,
                Int32(d), scratch.tile.pointer, Int32(stride), 1, scratch.lifted.pointer, Int32(stride))
        }
        ac_lifted_tokens(
            scratch.lifted.pointer, Int64(stride), Int64(n), Int64(r), scalesToUnit ? 1 : 0, scratch.tokens.pointer)
    }

    final class Scratch {
        let tokens, weights, roots: AlignedBuffer<Double>
        fileprivate let stride: Int
        fileprivate let tile: AlignedBuffer<Float>
        fileprivate let lifted: AlignedBuffer<Float>
        fileprivate let directions: [Float]
        fileprivate let bias: [Float]

        fileprivate init(_ source: TokenSource, _ layout: RowLayout) {
            stride = layout.stride
            tile = AlignedBuffer(count: max(1, source.rows.dimension) * stride, filledWith: 0)
            lifted = AlignedBuffer(count: source.dimension * stride, filledWith: 0)
            tokens = AlignedBuffer(count: source.dimension * stride, filledWith: 0)
            weights = AlignedBuffer(count: stride, filledWith: 0)
            roots = AlignedBuffer(count: stride, filledWith: 0)
            directions = source.lift?.directions.flatMap { $0.map(Float.init) } ?? []
            bias = source.lift?.biases.map(Float.init) ?? []
        }
    }
}
