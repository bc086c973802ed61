internal import CKernels

/// Centroids at points that are farthest from all centroids so far: the last resort against empty clusters.
///
/// Every centroid that is a point owns that point at distance 0, so that none is empty as long as points differ.
struct FarthestFirst {
    private(set) var centroids: [[Double]] = []
    private let rows: FramedRows
    private let passes: RowPasses
    private let nearest: AlignedBuffer<Float>
    private var farthest = (row: 0, square: Float.greatestFiniteMagnitude)

    /// - Parameter kept: centroids to start from.
    init(rows: FramedRows, keeping kept: [[Double]], passes: RowPasses) throws {
        self.rows = rows
        self.passes = passes
        nearest = AlignedBuffer(count: rows.count, filledWith: .greatestFiniteMagnitude)
        for centroid in kept { try add(centroid) }
    }

    /// Adds points until there are `count` centroids, or until every point sits on one.
    mutating func grow(to count: Int) throws {
        while centroids.count < count, farthest.square > 0 { try add(rows.coordinates(of: farthest.row)) }
    }

    private mutating func add(_ centroid: [Double]) throws {
        centroids.append(centroid)
        let d = rows.dimension
        let layout = RowLayout(rows: rows.count, width: d)
        let (rows, nearest, values) = (rows, nearest, centroid.map(Float.init))
        let partials = try passes.run(
            layout, abandonable: false,
            scratch: {
                (
                    tile: AlignedBuffer<Float>(count: d * layout.stride, filledWith: 0),
                    squares: AlignedBuffer<Float>(count: layout.stride, filledWith: 0)
                )
            }, partial: { (row: 0, square: Float(-1)) }
        ) { scratch, best, range in
            rows.load(range, into: scratch.tile.pointer, stride: layout.stride)
            let lowest = nearest.pointer + range.lowerBound
            ac_squared_distances(
                scratch.tile.pointer, Int64(layout.stride), Int64(range.count), Int64(d), values, 1,
                scratch.squares.pointer)
            _ = ac_lower(scratch.squares.pointer, Int64(range.count), lowest)
            let index = Int(ac_argmax(lowest, Int64(range.count)))
            if lowest[index] > best.square { best = (range.lowerBound + index, lowest[index]) }
        }
        farthest = (partials ?? []).reduce((row: 0, square: -1)) { $1.square > $0.square ? $1 : $0 }
    }
}
