internal import CKernels

/// One pass that labels rows: the code behind every label that leaves the library.
struct AssignmentPass: Sendable {
    let labels: [Int32]
    let distances: [Float]
    let confidence: [Float]
    let sizes: [Int]
    /// Σ of squared distances in frame units, each times the point's weight.
    let inertia: Double
    /// Σ_i log Σ_k exp(s_ik) in frame units, without the Gaussian constants; 0 for affine scores.
    let scoreLogSum: Double
    /// Points whose largest score was reached by two clusters: they depend on the clusters' order.
    let ties: Int
    /// The row farthest from its own centroid.
    let farthest: Int

    /// - Parameters:
    ///   - centroids: K×d in the frame, which distances are measured to.
    ///   - unit: what a length in the frame is multiplied with to be reported.
    init(_ rows: FramedRows, scores: TileScores, centroids: [Float], unit: Double, passes: RowPasses) throws {
        let (k, d, n) = (scores.clusterCount, rows.dimension, rows.count)
        let layout = RowLayout(rows: n, width: d + scores.scratchRows(dimension: d), partialSize: k)
        let (output, partials) = try AssignmentColumns.filled(count: n) { output in
            try passes.run(
                layout, abandonable: false, scratch: { Scratch(layout, scores, d: d) }, partial: { Partial(k: k) }
            ) { scratch, partial, range in
                let (tile, stride, count) = (scratch.tile.pointer, layout.stride, range.count)
                let labels = output.labels + range.lowerBound
                let confidence = output.confidence + range.lowerBound
                rows.load(range, into: tile, stride: stride)
                let isWeighted = rows.loadWeights(range, into: scratch.weights.pointer)
                let outcome = scores.choose(
                    tile, stride: stride, count: count, dimension: d, scratch: scratch.scores.pointer, labels: labels,
                    confidence: confidence, weights: isWeighted ? scratch.weights.pointer : nil)
                let squared = scratch.squared.pointer
                ac_distance_to_own(tile, Int64(stride), Int64(count), Int64(d), centroids, labels, squared)
                partial.note(squared, rows: range)
                let inertia = ac_finish_assignment(
                    squared, labels, Int64(count), unit, &partial.sizes, output.distances + range.lowerBound)
                partial.inertia +=
                    isWeighted ? ac_weighted_total(squared, scratch.weights.pointer, Int64(count)) : inertia
                partial.logSum += outcome.logLikelihood
                partial.ties += outcome.ties
            }
        }
        var sum = Partial(k: k)
        for partial in partials ?? [] { sum.add(partial) }
        (labels, distances, confidence) = (output.labels, output.distances, output.confidence)
        sizes = sum.sizes.map(Int.init)
        inertia = sum.inertia
        scoreLogSum = sum.logSum
        ties = sum.ties
        farthest = sum.farthest
    }

    private final class Scratch {
        let tile, scores, squared, weights: AlignedBuffer<Float>

        init(_ layout: RowLayout, _ scores: TileScores, d: Int) {
            tile = AlignedBuffer(count: d * layout.stride, filledWith: 0)
            self.scores = AlignedBuffer(count: scores.scratchRows(dimension: d) * layout.stride, filledWith: 0)
            squared = AlignedBuffer(count: layout.stride, filledWith: 0)
            weights = AlignedBuffer(count: layout.stride, filledWith: 0)
        }
    }

    private struct Partial {
        var sizes: [Int64]
        var inertia = 0.0
        var logSum = 0.0
        var ties = 0
        var farthest = 0
        var farthestSquare: Float = -1

        init(k: Int) { sizes = [Int64](repeating: 0, count: k) }

        mutating func note(_ squared: UnsafePointer<Float>, rows: Range<Int>) {
            let index = Int(ac_argmax(squared, Int64(rows.count)))
            guard squared[index] > farthestSquare else { return }
            farthestSquare = squared[index]
            farthest = rows.lowerBound + index
        }

        mutating func add(_ other: Partial) {
            for k in 0..<sizes.count { sizes[k] += other.sizes[k] }
            inertia += other.inertia
            logSum += other.logSum
            ties += other.ties
            guard other.farthestSquare > farthestSquare else { return }
            (farthest, farthestSquare) = (other.farthest, other.farthestSquare)
        }
    }
}

/// What a pass finds for each row.
///
/// The arrays are filled where they stand, so that ten million rows are neither zeroed before nor copied after, and
/// each page is touched first by the thread that fills it.
private struct AssignmentColumns {
    /// Where a pass writes.
    ///
    /// `@unchecked Sendable` is sound: each thread writes only the elements of the rows it was given, and all are read
    /// after the pass has ended.
    struct Output: @unchecked Sendable {
        let labels: UnsafeMutablePointer<Int32>
        let distances: UnsafeMutablePointer<Float>
        let confidence: UnsafeMutablePointer<Float>
    }

    let labels: [Int32]
    let distances: [Float]
    let confidence: [Float]

    /// Columns of `count` rows that `fill` writes all elements of, unless it throws.
    static func filled<Value>(
        count: Int, _ fill: (Output) throws -> Value
    ) throws -> (columns: AssignmentColumns, value: Value) {
        var distances: [Float] = []
        var confidence: [Float] = []
        var value: Value?
        let labels = try [Int32](unsafeUninitializedCapacity: max(1, count)) { labels, labelCount in
            distances = try [Float](unsafeUninitializedCapacity: max(1, count)) { distances, distanceCount in
                confidence = try [Float](unsafeUninitializedCapacity: max(1, count)) { confidence, confidenceCount in
                    guard let l = labels.baseAddress, let d = distances.baseAddress, let c = confidence.baseAddress
                    else { return }
                    value = try fill(Output(labels: l, distances: d, confidence: c))
                    confidenceCount = count
                }
                distanceCount = count
            }
            labelCount = count
        }
        guard let value else { preconditionFailure("an array of capacity 1 or more has memory") }
        return (AssignmentColumns(labels: labels, distances: distances, confidence: confidence), value)
    }
}
