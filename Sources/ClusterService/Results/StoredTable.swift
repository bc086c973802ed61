import AttentionClustering
import PointFormats

/// Stored points with the names of their columns and what identifies their rows.
struct StoredTable: Sendable {
    /// How many rows of `dimension` numbers are handed out at once: about 64 KiB of them.
    static func blockRows(dimension: Int) -> Int { max(1, 16_384 / max(dimension, 16)) }

    let names: [String]
    let rows: StoredRows
    /// The name of the column that identifies the rows; nil when none does.
    let identifier: String?
    let identifiers: StoredIdentifiers?

    /// Points in memory.
    ///
    /// - Parameter identifiers: what identifies them and the name of that column; nil when nothing does.
    init(names: [String], points: Points, identifiers: (name: String, values: RowIdentifiers)? = nil) {
        self.names = names
        rows = StoredRows(points)
        identifier = identifiers?.name
        self.identifiers = identifiers.map { StoredIdentifiers($0.values) }
    }

    init(_ file: DatasetFile) {
        names = file.description.columnNames
        rows = file.rows
        identifier = file.description.identifier
        identifiers = file.identifiers
    }

    /// Some rows with their coordinates, or without.
    func block(_ range: Range<Int>, withCoordinates: Bool = true) -> TableBlock {
        var block = TableBlock(count: range.count)
        guard withCoordinates else { return block }
        switch rows.type {
        case .float32: block.values = rows.values(range, as: Float.self)
        case .float64: block.wideValues = rows.values(range, as: Double.self)
        }
        rows.release(before: range.upperBound * rows.dimension * rows.type.size)
        return block
    }
}
