import PointFormats

/// Reads the identifiers of all rows, in order and in runs.
protocol IdentifierReader {
    /// The next identifiers; nil at the end.
    mutating func nextRun() async throws -> RowIdentifiers?
}

/// Starts to read identifiers from the first on.
typealias IdentifierRuns = @Sendable () -> any IdentifierReader

/// The identifiers of a stored point set, read in order.
struct StoredIdentifiers: Sendable {
    private let file: MappedFile
    private let range: Range<Int>

    /// - Parameter range: where in the file they lie.
    init(in file: MappedFile, _ range: Range<Int>) {
        self.file = file
        self.range = range
    }

    /// Reads them in runs.
    var runs: IdentifierRuns { { reader() } }

    /// Reads from the first on.
    func reader() -> Reader { Reader(file: file, position: range.lowerBound, end: range.upperBound) }

    /// Reads identifiers one run after the other.
    struct Reader: IdentifierReader, Sendable {
        fileprivate let file: MappedFile
        fileprivate var position: Int
        fileprivate let end: Int

        mutating func nextRun() -> RowIdentifiers? {
            let run = next(StoredTable.blockRows)
            return run.count > 0 ? run : nil
        }

        /// The next `count` identifiers; fewer only at the end.
        ///
        /// - Complexity: O(n) in the bytes they take.
        mutating func next(_ count: Int) -> RowIdentifiers {
            let start = position
            var found = 0
            while found < count, position + 4 <= end {
                let length = Int(
                    UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
                guard position + 4 + length <= end else { break }
                position += 4 + length
                found += 1
            }
            return RowIdentifiers(bytes: Array(file.bytes[start..<position]), count: found)
        }
    }
}
