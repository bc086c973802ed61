internal import CKernels

/// Rows of a point set seen in a coordinate frame: all of them, or a choice.
struct FramedRows: Sendable {
    let points: Points
    let frame: CoordinateFrame
    /// The rows in question, in order; nil for all.
    let choice: [Int64]?
    /// Whether rows are scaled to unit length, in data units, and centroids are to have it, too.
    let areDirections: Bool
    /// What the points count for, whichever rows are chosen; nil where each counts for one.
    let weights: PointWeights?
    /// Σ of the rows' weights.
    let totalWeight: Double
    private let shifts: [Float]
    private let limit: Float

    init(
        points: Points, frame: CoordinateFrame, choice: [Int64]? = nil, limit: Float = CoordinateFrame.limit,
        areDirections: Bool = false, weights: PointWeights? = nil
    ) {
        self.areDirections = areDirections
        self.points = points
        self.frame = frame
        self.choice = choice
        self.limit = limit
        self.weights = weights
        totalWeight = weights?.total(of: choice) ?? Double(choice?.count ?? points.count)
        shifts = zip(frame.offsets, frame.powers).map { $0 * $1 }
    }

    /// How many points one unit of weight stands for in log-likelihoods; see ``PointWeights/pointsPerUnit``.
    var pointsPerUnit: Double { weights?.pointsPerUnit ?? 1 }

    var count: Int { choice?.count ?? points.count }
    var dimension: Int { points.dimension }

    /// The same rows, of which only `rows` (indices into these rows).
    func choosing(_ rows: [Int64]?) -> FramedRows {
        guard let rows else { return self }
        let own = choice
        return FramedRows(
            points: points, frame: frame, choice: own.map { own in rows.map { own[Int($0)] } } ?? rows, limit: limit,
            areDirections: areDirections, weights: weights)
    }

    /// The same rows, of which only a sample, in memory of its own unless that would be much.
    ///
    /// - Parameter rows: rising indices into these rows; nil for all as they stand.
    /// - Throws: `CancellationError`.
    func sampled(_ rows: [Int64]?, passes: RowPasses) throws -> FramedRows {
        guard let rows else { return self }
        let chosen = choosing(rows)
        guard let choice = chosen.choice, Points.isGathered(rows.count, dimension) else { return chosen }
        return FramedRows(
            points: try points.gathered(choice, passes: passes), frame: frame, limit: limit,
            areDirections: areDirections, weights: weights?.gathered(choice))
    }

    /// The same rows in data units, or in standard deviations if standardised.
    var reported: FramedRows {
        FramedRows(
            points: points, frame: frame.reported, choice: choice, limit: .greatestFiniteMagnitude,
            areDirections: areDirections, weights: weights)
    }

    /// The same rows in double precision.
    var exact: ExactRows {
        ExactRows(points: points, frame: frame, choice: choice, areDirections: areDirections)
    }

    /// Loads `rows` as a tile with `stride` floats a coordinate.
    func load(_ rows: Range<Int>, into tile: UnsafeMutablePointer<Float>, stride: Int) {
        let kernel = areDirections ? ac_load_directions : ac_load_tile
        points.withUnsafeValues { values in
            guard let start = values.baseAddress else { return }
            func load(_ choice: UnsafePointer<Int64>?) {
                kernel(
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

    /// Writes the weights of `rows`, and zeros up to the next multiple of 16 of them.
    ///
    /// - Returns: false where all rows count for one and nothing is written.
    func loadWeights(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) -> Bool {
        guard weights != nil else { return false }
        for (index, row) in rows.enumerated() { target[index] = weight(of: row) }
        for index in rows.count..<(rows.count + 15) / 16 * 16 { target[index] = 0 }
        return true
    }

    /// What row `index` counts for.
    func weight(of index: Int) -> Float { weights.map { $0[choice.map { Int($0[index]) } ?? index] } ?? 1 }

    /// Row `index` in frame coordinates.
    func coordinates(of index: Int) -> [Double] {
        let tile = AlignedBuffer<Float>(count: 16 * dimension, filledWith: 0)
        load(index..<index + 1, into: tile.pointer, stride: 16)
        return (0..<dimension).map { Double(tile[$0 * 16]) }
    }
}
