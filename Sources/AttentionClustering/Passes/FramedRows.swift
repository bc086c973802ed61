internal import CKernels

/// Rows of a point set seen in a coordinate frame: all of them, or a choice.
struct FramedRows: Sendable {
    let points: Points
    let frame: CoordinateFrame
    /// The rows in question, in order; nil for all.
    let choice: [Int64]?
    /// Whether rows have unit length in data units, and centroids are to have it, too.
    var areDirections = false
    private let shifts: [Float]
    private let limit: Float

    init(
        points: Points, frame: CoordinateFrame, choice: [Int64]? = nil, limit: Float = CoordinateFrame.limit,
        areDirections: Bool = false
    ) {
        self.areDirections = areDirections
        self.points = points
        self.frame = frame
        self.choice = choice
        self.limit = limit
        shifts = zip(frame.offsets, frame.powers).map { $0 * $1 }
    }

    var count: Int { choice?.count ?? points.count }
    var dimension: Int { points.dimension }

    /// The same rows, of which only `rows` (indices into these rows).
    func choosing(_ rows: [Int64]?) -> FramedRows {
        guard let rows else { return self }
        let own = choice
        return FramedRows(
            points: points, frame: frame, choice: own.map { own in rows.map { own[Int($0)] } } ?? rows, limit: limit,
            areDirections: areDirections)
    }

    /// The same rows in data units, or in standard deviations if standardised.
    var reported: FramedRows {
        FramedRows(
            points: points, frame: frame.reported, choice: choice, limit: .greatestFiniteMagnitude,
            areDirections: areDirections)
    }

    /// Loads `rows` as a tile with `stride` floats a coordinate.
    func load(_ rows: Range<Int>, into tile: UnsafeMutablePointer<Float>, stride: Int) {
        points.withUnsafeValues { values in
            guard let start = values.baseAddress else { return }
            func load(_ choice: UnsafePointer<Int64>?) {
                ac_load_tile(
                    start, choice, Int64(rows.lowerBound), Int64(rows.count), Int64(dimension), frame.powers, shifts,
                    frame.scales, limit, tile, Int64(stride))
            }
            if let choice {
                choice.withUnsafeBufferPointer { load($0.baseAddress) }
            } else {
                load(nil)
            }
        }
    }

    /// Row `index` in frame coordinates.
    func coordinates(of index: Int) -> [Double] {
        let tile = AlignedBuffer<Float>(count: 16 * dimension, filledWith: 0)
        load(index..<index + 1, into: tile.pointer, stride: 16)
        return (0..<dimension).map { Double(tile[$0 * 16]) }
    }
}
