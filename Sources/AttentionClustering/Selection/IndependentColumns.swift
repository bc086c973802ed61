/// The columns that say something the columns before them do not.
///
/// A mixture's likelihood in a direction in which points do not vary is that of the noise its covariances are
/// regularised with. The noise is a share of what clusters leave unexplained, so more clusters would look better for no
/// other reason: a column twice, a sum beside its terms or one indicator too many would make numbers of clusters.
struct IndependentColumns: Sendable {
    /// Rising.
    let columns: [Int]

    /// Columns that others explain but for this share of their variance are left out.
    private static let leastShare = 1e-4

    /// - Parameter covariance: of all columns, d×d.
    /// - Complexity: O(d³).
    init(_ covariance: Matrix) {
        var chosen: [Int] = []
        // The rows of the Cholesky factor of the chosen columns' covariance; one that is left out adds none.
        var factor: [[Double]] = []
        for column in 0..<covariance.rows {
            let variance = covariance[column, column]
            guard variance > 0 else { continue }
            var row: [Double] = []
            for (index, other) in factor.enumerated() {
                let explained = zip(row, other).reduce(0.0) { $0 + $1.0 * $1.1 }
                row.append((covariance[column, chosen[index]] - explained) / other[index])
            }
            let rest = variance - row.reduce(0.0) { $0 + $1 * $1 }
            guard rest > Self.leastShare * variance else { continue }
            factor.append(row + [rest.squareRoot()])
            chosen.append(column)
        }
        columns = chosen
    }
}

extension Preparation {
    /// The same rows without columns that others explain; itself where there are none, and for directions, whose
    /// length is that of all columns.
    func withIndependentColumns(passes: RowPasses) throws -> Preparation {
        guard let covariance = moments.covariance, !rows.areDirections else { return self }
        let columns = IndependentColumns(covariance).columns
        let varying = (0..<covariance.rows).count { covariance[$0, $0] > 0 }
        guard columns.count < varying else { return self }
        let chosen = rows.choice ?? (0..<Int64(rows.points.count)).map { $0 }
        let d = rows.dimension
        let values = rows.points.withUnsafeValues { all in
            chosen.flatMap { row in columns.map { all[Int(row) * d + $0] } }
        }
        let reduced = FramedRows(
            points: try Points(values: values, count: chosen.count, dimension: columns.count),
            frame: rows.frame.choosing(columns), weights: rows.weights?.gathered(chosen))
        return Preparation(
            rows: reduced, moments: try Moments(reduced, passes: passes, withCovariance: true))
    }
}

extension CoordinateFrame {
    /// The frame of some of the columns.
    fileprivate func choosing(_ columns: [Int]) -> CoordinateFrame {
        CoordinateFrame(
            offsets: columns.map { offsets[$0] }, powers: columns.map { powers[$0] },
            scales: columns.map { scales[$0] }, standardized: standardized, unit: unit)
    }
}
