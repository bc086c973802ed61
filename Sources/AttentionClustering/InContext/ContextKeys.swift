/// The keys of in-context attention: a sample of the points in few, evenly scaled coordinates.
///
/// Coordinates are centred and divided by the standard deviation along the direction of largest variance, so that
/// temperatures mean the same whatever the data's scale. Data of many columns are seen along their leading principal
/// directions: softmax attention tells nothing apart among many directions of noise.
struct ContextKeys: Sendable {
    /// The sampled rows.
    let rows: FramedRows
    /// n×r, row-major.
    let values: [Float]
    /// r.
    let dimension: Int
    /// How long a length of one here is in the frame.
    let length: Double
    /// The directions that rows are projected on, d×r; nil where their own coordinates are taken.
    private let directions: Matrix?
    /// What is subtracted from coordinates.
    private let means: [Double]

    /// More columns than these are projected.
    static let dimensionLimit = 32

    var count: Int { rows.count }

    /// log w of each key.
    var biases: [Float] {
        let weights = AlignedBuffer<Float>(count: (count + 15) / 16 * 16, filledWith: 0)
        guard rows.loadWeights(0..<count, into: weights.pointer) else { return [Float](repeating: 0, count: count) }
        return (0..<count).map { Float(logarithm(Double(weights[$0]))) }
    }

    /// - Parameter rows: the sample, in the order of the points.
    init(_ rows: FramedRows, passes: RowPasses) throws {
        let d = rows.dimension
        guard d > Self.dimensionLimit else {
            self.init(rows, coordinates: Self.coordinates(rows.exact) { $0 })
            return
        }
        let moments = try Moments(rows, passes: passes, withCovariance: true)
        let directions = try PrincipalDirections(Self.dimensionLimit, of: rows, moments: moments, passes: passes)
            .vectors
        // Points that are all the same vary in no direction; one coordinate says so.
        let map = directions.rows > 0 ? directions.transposed : Matrix(rows: d, columns: 1)
        self.init(rows, coordinates: Self.coordinates(rows.exact) { $0.times(map) }, directions: map)
    }

    /// What `map` makes of the rows, a block of them at a time: wide ones are not all held in double precision.
    static func coordinates(_ rows: ExactRows, map: (Matrix) -> Matrix) -> Matrix {
        let block = max(1, (1 << 18) / max(1, rows.dimension))
        let buffer = AlignedBuffer<Double>(count: min(block, rows.count) * rows.dimension, filledWith: 0)
        var values: [Double] = []
        for start in Swift.stride(from: 0, to: rows.count, by: block) {
            let range = start..<min(rows.count, start + block)
            rows.load(range, into: buffer.pointer)
            let some = UnsafeBufferPointer(start: buffer.pointer, count: range.count * rows.dimension)
            values += map(Matrix(rows: range.count, columns: rows.dimension, values: Array(some))).values
        }
        return Matrix(rows: rows.count, columns: rows.count == 0 ? 0 : values.count / rows.count, values: values)
    }

    /// The coordinates here of other rows, given in the frame; n×r, row-major.
    ///
    /// Not for keys of the linear layer.
    func coordinates(of rows: Matrix) -> [Float] {
        let projected = directions.map(rows.times) ?? rows
        return projected.values.enumerated().map { Float(($1 - means[$0 % dimension]) / length) }
    }

    /// - Parameters:
    ///   - coordinates: one row a key, in which distances are measured in frame units.
    ///   - directions: what rows were multiplied with to get them; nil for nothing.
    init(_ rows: FramedRows, coordinates: Matrix, directions: Matrix? = nil) {
        let (n, r) = (coordinates.rows, coordinates.columns)
        let means = (0..<r).map { j in (0..<n).reduce(0) { $0 + coordinates[$1, j] } / Double(max(1, n)) }
        var centred = coordinates
        for i in 0..<n { for j in 0..<r { centred[i, j] -= means[j] } }
        let covariance = centred.transposedTimes(centred).scaled(by: 1 / Double(max(1, n)))
        let variance = r > 0 ? covariance.leadingEigenvectors(1)?.values.first ?? 0 : 0
        length = variance > 0 && variance.isFinite ? variance.squareRoot() : 1
        self.rows = rows
        self.directions = directions
        self.means = means
        dimension = r
        values = centred.values.map { [length] in Float($0 / length) }
    }

    /// Whether all keys are the same point.
    var isPoint: Bool { values.allSatisfy { $0 == 0 } }
}
