internal import CKernels

/// Rows in double precision: (x − offset)·power·scale, which for points of like size is free of rounding.
struct ExactRows: Sendable {
    let points: Points
    /// The rows in question, in order; nil for all.
    let choice: [Int64]?
    /// Whether rows are scaled to unit length first.
    let areDirections: Bool
    private let offsets: [Double]
    private let factors: [Double]

    init(points: Points, frame: CoordinateFrame, choice: [Int64]?, areDirections: Bool = false) {
        self.points = points
        self.areDirections = areDirections
        self.choice = choice
        offsets = frame.offsets.map(Double.init)
        factors = zip(frame.powers, frame.scales).map { Double($0) * Double($1) }
    }

    var count: Int { choice?.count ?? points.count }
    var dimension: Int { points.dimension }

    func choosing(_ rows: [Int64]) -> ExactRows {
        let own = choice
        return ExactRows(self, choice: own.map { own in rows.map { own[Int($0)] } } ?? rows)
    }

    /// Some of the rows, in memory of their own unless that would be much; see ``FramedRows/sampled(_:passes:)``.
    func sampled(_ rows: [Int64], passes: RowPasses) throws -> ExactRows {
        let chosen = choosing(rows)
        guard let choice = chosen.choice, Points.isGathered(rows.count, dimension) else { return chosen }
        return ExactRows(
            self, points: try points.gathered(choice, passes: passes), choice: nil)
    }

    private init(_ other: ExactRows, points: Points? = nil, choice: [Int64]?) {
        self.points = points ?? other.points
        (offsets, factors) = (other.offsets, other.factors)
        areDirections = other.areDirections
        self.choice = choice
    }

    /// Writes `rows` as a row-major matrix.
    func load(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) {
        let kernel = areDirections ? ac_exact_directions : ac_exact_rows
        points.withUnsafeValues { values in
            guard let start = values.baseAddress else { return }
            func load(_ choice: UnsafePointer<Int64>?) {
                kernel(
                    start, choice, Int64(rows.lowerBound), Int64(rows.count), Int64(dimension), offsets, factors, target
                )
            }
            if let choice {
                choice.withUnsafeBufferPointer { load($0.baseAddress) }
            } else {
                load(nil)
            }
        }
    }
}
