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

    /// More columns than these are projected.
    static let dimensionLimit = 32

    var count: Int { rows.count }

    /// - Parameter rows: the sample, in the order of the points.
    init(_ rows: FramedRows, passes: RowPasses) throws {
        let d = rows.dimension
        let exact = ExactRows(points: rows.points, frame: rows.frame, choice: rows.choice)
        let all = AlignedBuffer<Double>(count: rows.count * d, filledWith: 0)
        exact.load(0..<rows.count, into: all.pointer)
        var coordinates = Matrix(rows: rows.count, columns: d, values: all.array)
        if d > Self.dimensionLimit {
            let moments = try Moments(rows, passes: passes, withCovariance: true)
            let directions = try PrincipalDirections(Self.dimensionLimit, of: rows, moments: moments, passes: passes)
            coordinates = coordinates.times(directions.vectors.transposed)
        }
        self.init(rows, coordinates: coordinates)
    }

    /// - Parameter coordinates: one row a key, in which distances are measured in frame units.
    init(_ rows: FramedRows, coordinates: Matrix) {
        let (n, r) = (coordinates.rows, coordinates.columns)
        let means = (0..<r).map { j in (0..<n).reduce(0) { $0 + coordinates[$1, j] } / Double(max(1, n)) }
        var centred = coordinates
        for i in 0..<n { for j in 0..<r { centred[i, j] -= means[j] } }
        let covariance = centred.transposedTimes(centred).scaled(by: 1 / Double(max(1, n)))
        let variance = r > 0 ? covariance.leadingEigenvectors(1)?.values.first ?? 0 : 0
        length = variance > 0 && variance.isFinite ? variance.squareRoot() : 1
        self.rows = rows
        dimension = r
        values = centred.values.map { [length] in Float($0 / length) }
    }

    /// Whether all keys are the same point.
    var isPoint: Bool { values.allSatisfy { $0 == 0 } }
}
