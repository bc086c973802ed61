internal import CKernels

/// Attention of any number of points to a bounded number of them: points are queries, a sample of at most 2,048 points
/// are keys, and the value of a key is the centroid of the mode that it settles at under softmax layers.
///
/// ```swift
/// let quantizer = try ContextQuantizer(points)
/// let quantized = try quantizer.quantize(points)
/// print(quantizer.centroids.count, quantized.labels)
/// ```
///
/// T(x) = Σ_m softmax_m(−β‖x − x_m‖² + log w_m)·c(x_m): between clusters a point is taken to a mean of their centroids,
/// inside one to its centroid. A point's label is the cluster whose keys it attends to most;
/// ``InContextClustering`` labels by the nearest centroid. With ``PointMetric/cosine`` queries and centroids are scaled
/// to unit length as keys are.
public struct ContextQuantizer: Sendable {
    /// The centroids of the modes, K×d, in data units, by falling size of the modes.
    public let centroids: [[Double]]
    /// β, in one over squared data units (standardised units if standardised).
    public let inverseTemperature: Double
    /// How many keys points attend to.
    public var keyCount: Int { clusters.count }

    /// n×r, row-major, in the coordinates of the keys.
    private let values: [Float]
    /// log w of each key.
    private let biases: [Float]
    /// The mode of each key.
    private let clusters: [Int]
    private let keys: ContextKeys
    /// β in the coordinates of the keys.
    private let sharpness: Float

    /// Chooses keys among `points` and finds their modes.
    ///
    /// - Parameters:
    ///   - points: N×d with N ≥ 1, all finite.
    ///   - weights: as in ``InContextClustering/fit(_:weights:options:control:)``.
    ///   - options: how many clusters, at which β; attention is softmax and a refinement is not made.
    ///   - control: threads, on which the result does not depend, progress and cancellation.
    /// - Throws: ``ClusteringError``; `CancellationError` when `control` cancels.
    /// - Complexity: O(N·d) and what at most 2,048 tokens and 16,384 keys take.
    public init(
        _ points: Points, weights: [Double]? = nil, options: InContextOptions = InContextOptions(),
        control: FitControl = FitControl()
    ) throws {
        var options = options
        options.refinement = .none
        options.attention = .softmax
        let weights = try weights.flatMap { try PointWeights($0, count: points.count) }
        let run = try InContextRun(
            points, weights: weights, options: options, passes: RowPasses(control: control))
        self.init(try run.modes())
    }

    init(_ modes: ContextModes) {
        let (tree, level) = (modes.tree, modes.level)
        let r = tree.keys.dimension
        var places = [Int](repeating: -1, count: level.modes.count)
        for (place, mode) in modes.chosen.enumerated() { places[mode] = place }
        let tokens = tree.tokens.indices.filter { places[level.basins[$0]] >= 0 }
        let all = tree.keys.biases
        keys = tree.keys
        values = tokens.flatMap { token in
            tree.keys.values[tree.tokens[token] * r..<(tree.tokens[token] + 1) * r]
        }
        biases = tokens.map { all[tree.tokens[$0]] }
        clusters = tokens.map { places[level.basins[$0]] }
        sharpness = Float(level.inverseTemperature)
        let rows = tree.keys.rows
        let length = tree.keys.length * rows.frame.unit
        inverseTemperature = level.inverseTemperature / (length * length)
        centroids = modes.centroids.rowVectors.map { row in
            let centroid = rows.frame.dataValues(row)
            let length = innerProduct(centroid, centroid).squareRoot()
            return rows.areDirections && length > 0 ? centroid.map { $0 / length } : centroid
        }
    }

    /// Points after one layer of attention.
    public struct Quantized: Sendable {
        /// T(x) of each point, N×d, in data units.
        public let values: Points
        /// The cluster that each point attends to most, an index of ``ContextQuantizer/centroids``.
        public let labels: [Int32]
        /// The share of its attention that goes there, from 1/K to 1.
        public let attention: [Float]
    }

    /// Takes points through the layer, a block of them at a time.
    ///
    /// Beside the points and the result it takes some megabytes a thread, however many points there are.
    ///
    /// - Parameters:
    ///   - points: N×d, all finite, with the columns of those that the keys were chosen from.
    ///   - control: threads, on which the result does not depend, progress and cancellation.
    /// - Throws: ``ClusteringError`` when points have another dimension or a value is not finite; `CancellationError`.
    /// - Complexity: O(N·(keys·min(d, 32) + K·d)).
    public func quantize(_ points: Points, control: FitControl = FitControl()) throws -> Quantized {
        let d = keys.rows.dimension
        guard points.dimension == d else {
            throw ClusteringError(
                .dimensionMismatch, detail: "The points have \(points.dimension) columns, and not \(d).")
        }
        let passes = RowPasses(control: control)
        passes.meter.at(.preparing, 0, to: 0.02)
        _ = try Survey(points, passes: passes)
        passes.meter.at(.assigning, 0.02, to: 1)
        let rows = FramedRows(
            points: points, frame: keys.rows.frame, areDirections: keys.rows.areDirections
        ).exact
        let n = points.count
        let output = Output(count: n, dimension: d)
        let layout = RowLayout(rows: n, width: 2 * keyCount)
        _ = try passes.run(
            layout, abandonable: false, scratch: { Scratch(layout, self) }, partial: {}
        ) { scratch, _, range in
            attend(rows, range, scratch)
            for (lane, row) in range.enumerated() {
                var (best, share) = (0, -Float.infinity)
                for cluster in centroids.indices {
                    let own = scratch.shares.pointer[cluster * scratch.stride + lane]
                    if own > share { (best, share) = (cluster, own) }
                }
                output.labels.pointer[row] = Int32(best)
                output.attention.pointer[row] = min(1, share)
                let mean = scratch.rows.pointer  // its rows have been used
                mean.update(repeating: 0, count: d)
                var total = 0.0  // 1 in single precision, which is not enough far from the origin
                for (cluster, centre) in centroids.enumerated() {
                    let own = Double(scratch.shares.pointer[cluster * scratch.stride + lane])
                    total += own
                    if own > 0 { for j in 0..<d { mean[j] += own * centre[j] } }
                }
                for j in 0..<d { output.values.pointer[row * d + j] = Float(mean[j] / total) }
            }
        }
        let values = PointStorage(
            UnsafeBufferPointer(start: output.values.pointer, count: n * d), owner: output.values)
        return Quantized(
            values: try Points(storage: values, count: n, dimension: d), labels: output.labels.array,
            attention: output.attention.array)
    }

    /// Writes which share of the attention of the rows of `range` goes to which cluster.
    private func attend(_ rows: ExactRows, _ range: Range<Int>, _ scratch: Scratch) {
        let (r, stride, k) = (keys.dimension, scratch.stride, centroids.count)
        rows.load(range, into: scratch.rows.pointer)
        let block = UnsafeBufferPointer(start: scratch.rows.pointer, count: range.count * rows.dimension)
        let queries = keys.coordinates(of: Matrix(rows: range.count, columns: rows.dimension, values: Array(block)))
        for lane in 0..<(range.count + 15) / 16 * 16 {
            let row = min(lane, range.count - 1) * r
            for j in 0..<r { scratch.tile.pointer[j * stride + lane] = queries[row + j] }
        }
        var (logSum, scatter) = (0.0, 0.0)
        let (lanes, count, n) = (Int64(stride), Int64(range.count), Int64(keyCount))
        ac_squared_distances(
            scratch.tile.pointer, lanes, count, Int64(r), values, n, scratch.distances.pointer)
        ac_attend(
            scratch.distances.pointer, lanes, count, n, biases, sharpness, scratch.attention.pointer, &logSum,
            &scatter)
        scratch.shares.pointer.update(repeating: 0, count: k * stride)
        for (key, cluster) in clusters.enumerated() {
            let (target, source) = (scratch.shares.pointer + cluster * stride, scratch.attention.pointer + key * stride)
            for lane in 0..<range.count { target[lane] += source[lane] }
        }
    }

    private struct Output: Sendable {
        let values, attention: AlignedBuffer<Float>
        let labels: AlignedBuffer<Int32>

        init(count: Int, dimension: Int) {
            values = AlignedBuffer(count: count * dimension, filledWith: 0)
            attention = AlignedBuffer(count: count, filledWith: 0)
            labels = AlignedBuffer(count: count, filledWith: 0)
        }
    }

    private final class Scratch {
        let stride: Int
        let tile, distances, attention, shares: AlignedBuffer<Float>
        let rows: AlignedBuffer<Double>

        init(_ layout: RowLayout, _ quantizer: ContextQuantizer) {
            let (r, n) = (quantizer.keys.dimension, quantizer.keyCount)
            stride = layout.stride
            tile = AlignedBuffer(count: r * stride, filledWith: 0)
            distances = AlignedBuffer(count: n * stride, filledWith: 0)
            attention = AlignedBuffer(count: n * stride, filledWith: 0)
            shares = AlignedBuffer(count: quantizer.centroids.count * stride, filledWith: 0)
            rows = AlignedBuffer(count: layout.tileRows * quantizer.keys.rows.dimension, filledWith: 0)
        }
    }
}
