internal import CKernels
internal import COpenBLAS

/// Softmax attention with identity matrices, layer after layer: token ← Σ_m softmax_m(−β‖token − x_m‖²)·x_m.
///
/// Every layer is a step of mean shift (Cheng 1995): tokens climb to the modes of the keys' density under a Gaussian
/// kernel of variance 1/(2β).
struct SoftmaxLayers: Sendable {
    let keys: ContextKeys
    let passes: RowPasses
    /// The most layers a token passes.
    let maximumLayers: Int

    /// A token has settled when a layer moves it by no more than this share of the kernel's standard deviation.
    private static let tolerance = 2e-3

    /// Moves tokens (m×r, row-major) until all have settled.
    ///
    /// Each token goes its way alone, so neither order nor threads matter.
    func settle(_ tokens: [Float], inverseTemperature beta: Double) throws -> [Float] {
        let (r, n) = (keys.dimension, keys.count)
        let count = tokens.count / max(1, r)
        let layout = RowLayout(rows: count, width: n)
        let output = AlignedBuffer<Float>(count: tokens.count, filledWith: 0)
        output.pointer.update(from: tokens, count: tokens.count)
        let least = Float(Self.tolerance * Self.tolerance / (2 * beta))
        _ = try passes.run(
            layout, abandonable: true, scratch: { Scratch(layout, keys: keys) }, partial: {}
        ) { scratch, _, range in
            var active = Array(range)
            for _ in 0..<maximumLayers where !active.isEmpty {
                layer(active, output.pointer, scratch, beta: Float(beta))
                active = scratch.write(active, to: output.pointer, dimension: r, unlessWithin: least)
            }
        }
        return output.array
    }

    private func layer(
        _ active: [Int], _ tokens: UnsafePointer<Float>, _ scratch: Scratch, beta: Float
    ) {
        let (r, n, stride) = (keys.dimension, keys.count, scratch.stride)
        let lanes = (active.count + 15) / 16 * 16
        for lane in 0..<lanes {
            let token = tokens + active[min(lane, active.count - 1)] * r
            for j in 0..<r { scratch.tile.pointer[j * stride + lane] = token[j] }
        }
        var (logSum, scatter) = (0.0, 0.0)
        ac_squared_distances(
            scratch.tile.pointer, Int64(stride), Int64(active.count), Int64(r), keys.values, Int64(n),
            scratch.distances.pointer)
        ac_attend(
            scratch.distances.pointer, Int64(stride), Int64(active.count), Int64(n), scratch.biases, beta,
            scratch.attention.pointer, &logSum, &scatter)
        // values are the keys: (r×n)·(n×tokens)
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(r), Int32(lanes), Int32(n), 1, keys.values, Int32(r),
            scratch.attention.pointer, Int32(stride), 0, scratch.moved.pointer, Int32(stride))
    }

    private final class Scratch {
        let stride: Int
        let tile, distances, attention, moved: AlignedBuffer<Float>
        /// log w of the keys: one of weight w is attended to as w equal ones are.
        let biases: [Float]

        init(_ layout: RowLayout, keys: ContextKeys) {
            let (n, r) = (keys.count, keys.dimension)
            stride = layout.stride
            tile = AlignedBuffer(count: r * layout.stride, filledWith: 0)
            moved = AlignedBuffer(count: r * layout.stride, filledWith: 0)
            distances = AlignedBuffer(count: n * layout.stride, filledWith: 0)
            attention = AlignedBuffer(count: n * layout.stride, filledWith: 0)
            biases = keys.biases
        }

        /// Writes the moved tokens back; returns those that moved farther than `least`, squared.
        func write(
            _ active: [Int], to tokens: UnsafeMutablePointer<Float>, dimension r: Int, unlessWithin least: Float
        ) -> [Int] {
            var moving: [Int] = []
            for (lane, token) in active.enumerated() {
                var square: Float = 0
                for j in 0..<r {
                    let value = moved.pointer[j * stride + lane]
                    let step = value - tokens[token * r + j]
                    square += step * step
                    tokens[token * r + j] = value
                }
                if square > least { moving.append(token) }
            }
            return moving
        }
    }
}
