import AttentionClustering
import PointFormats

/// The points of a local fit, with what identifies them: in memory, or in a file without a name where they would take
/// much of it.
struct LocalPoints: PointSink {
    private(set) var identifiers = RowIdentifiers()
    private var array = PointArray()
    private var dimension = 0
    private var spooled: (file: SpoolFile, length: Int)?
    /// From so many bytes on points go to a file.
    private let largest: Int
    private let spool: () throws -> SpoolFile

    /// Points are written to the file in pieces of this many bytes.
    private static let pieceLength = 4 << 20

    /// - Parameters:
    ///   - largest: the most bytes of points to hold; by default a quarter of what jobs of a service would be given,
    ///     because an array that grows is there twice for a moment.
    ///   - spool: makes the file.
    init(largest: Int = MemoryBudget.availableShare() / 4, spool: @escaping () throws -> SpoolFile) {
        self.largest = largest
        self.spool = spool
    }

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws {
        self.dimension = dimension
        array.append(rows, dimension: dimension)
        if array.values.count * MemoryLayout<Float>.size >= (spooled == nil ? largest : Self.pieceLength) {
            try writeOut()
        }
    }

    mutating func append(_ identifiers: RowIdentifiers) { self.identifiers.append(identifiers) }

    private mutating func writeOut() throws {
        let (file, length) = try spooled ?? (spool(), 0)
        let count = try array.values.withUnsafeBytes { bytes in
            try file.write(bytes, at: length)
            return bytes.count
        }
        spooled = (file, length + count)
        // Memory of the first piece, which is a large one, is given back.
        array.values.removeAll(keepingCapacity: length > 0)
    }

    /// All points.
    ///
    /// - Throws: `FormatError` when there are none; `StorageError`.
    mutating func points() throws -> Points {
        guard spooled != nil else { return try array.points() }
        try writeOut()
        guard let spooled else { throw FormatError.noRows }
        let rows = StoredRows(
            try spooled.file.mapped(spooled.length), 0..<spooled.length, type: .float32, dimension: dimension)
        guard let points = rows.single else { throw FormatError.noRows }
        return points
    }
}
