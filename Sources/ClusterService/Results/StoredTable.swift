import AttentionClustering
import PointFormats

/// Stored points with the names of their columns and what identifies their rows.
struct StoredTable: Sendable {
    /// How many rows of `dimension` numbers are handed out at once: about 64 KiB of them.
    static func blockRows(dimension: Int) -> Int { max(1, 16_384 / max(dimension, 16)) }

    let names: [String]
    let points: Points
    /// The name of the column that identifies the rows; nil when none does.
    let identifier: String?
    let identifiers: StoredIdentifiers?

    /// Points in memory.
    ///
    /// - Parameter identifiers: what identifies them and the name of that column; nil when nothing does.
    init(names: [String], points: Points, identifiers: (name: String, values: RowIdentifiers)? = nil) {
        self.names = names
        self.points = points
        identifier = identifiers?.name
        self.identifiers = identifiers.map { StoredIdentifiers($0.values) }
    }

    init(_ file: DatasetFile) {
        names = file.description.columnNames
        points = file.points
        identifier = file.description.identifier
        identifiers = file.identifiers
    }

    /// The coordinates of some rows.
    func values(_ rows: Range<Int>) -> ArraySlice<Float> {
        points.withUnsafeValues {
            Array($0[rows.lowerBound * points.dimension..<rows.upperBound * points.dimension])[...]
        }
    }
}
