/// The leading eigenvalues and eigenvectors of the points' covariance.
struct PrincipalDirections: Sendable {
    /// Falling.
    let variances: [Double]
    /// One unit vector a row.
    let vectors: Matrix

    /// The leading `count` directions that are above the noise of single precision; fewer where the rank is smaller.
    ///
    /// - Throws: `CancellationError`.
    init(_ count: Int, of rows: FramedRows, moments: Moments, passes: RowPasses) throws {
        let wanted = min(count, rows.dimension)
        let found =
            if let covariance = moments.covariance {
                covariance.leadingEigenvectors(wanted)
            } else {
                try SubspaceIteration(rows: rows, mean: moments.mean, passes: passes).leading(wanted)
            }
        let (values, all) = found ?? ([], Matrix(rows: 0, columns: rows.dimension))
        let least = (values.first ?? 0) * Lift.rankTolerance
        let kept = values.prefix { $0 > 0 && $0 > least }.count
        variances = Array(values.prefix(kept))
        vectors = Matrix(rowVectors: (0..<kept).map { Self.oriented(all.row($0)) })
    }

    /// The direction or its opposite, such that the coordinate of largest magnitude is positive.
    private static func oriented(_ direction: [Double]) -> [Double] {
        let largest = direction.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? direction.map { -$0 } : direction
    }
}
