import AttentionClustering
import PointFormats

/// Stored points with the names of their columns and what identifies their rows.
struct StoredTable: Sendable {
    /// How many rows are handed out at once.
    static let blockRows = 1_024

    let names: [String]
    let points: Points
    /// The name of the column that identifies the rows; nil when none does.
    let identifier: String?
    let identifiers: StoredIdentifiers?

    init(names: [String], points: Points) {
        self.names = names
        self.points = points
        identifier = nil
        identifiers = nil
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
