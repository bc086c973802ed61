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
    /// Where they are.
    fileprivate enum Source: Sendable {
        case file(MappedFile)
        case memory([UInt8])

        func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .file(let file): body(file.bytes)
            case .memory(let bytes): bytes.withUnsafeBytes(body)
            }
        }
    }

    private let source: Source
    private let range: Range<Int>

    /// - Parameter range: where in the file they lie.
    init(in file: MappedFile, _ range: Range<Int>) {
        source = .file(file)
        self.range = range
    }

    /// Identifiers in memory.
    init(_ identifiers: RowIdentifiers) {
        source = .memory(identifiers.bytes)
        range = 0..<identifiers.bytes.count
    }

    /// Reads them in runs.
    var runs: IdentifierRuns { { reader() } }

    /// The SHA-256 of their bytes.
    func findDigest() -> String {
        source.withBytes { bytes in
            var digest = ContentDigest()
            digest.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
            return digest.hexadecimal()
        }
    }

    /// Reads from the first on.
    func reader() -> Reader { Reader(source: source, position: range.lowerBound, end: range.upperBound) }

    /// Reads identifiers one run after the other.
    struct Reader: IdentifierReader, Sendable {
        private static let runLength = 1_024

        fileprivate let source: Source
        fileprivate var position: Int
        fileprivate let end: Int

        mutating func nextRun() -> RowIdentifiers? {
            let run = next(Self.runLength)
            return run.count > 0 ? run : nil
        }

        /// The next `count` identifiers; fewer only at the end.
        ///
        /// - Complexity: O(n) in the bytes they take.
        mutating func next(_ count: Int) -> RowIdentifiers {
            let (next, run) = source.withBytes { [position, end] bytes in
                var next = position
                var found = 0
                while found < count, next + 4 <= end {
                    let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: next, as: UInt32.self)))
                    guard next + 4 + length <= end else { break }
                    next += 4 + length
                    found += 1
                }
                return (next, RowIdentifiers(bytes: Array(bytes[position..<next]), count: found))
            }
            position = next
            return run
        }
    }
}
