import PointFormats

/// Keeps the identifiers of an upload on the disk until its rows are complete, behind which they go.
struct IdentifierSpool: ~Copyable {
    private static let bufferSize = 64 * 1024

    private let file: SpoolFile
    private var buffer: [UInt8] = []
    private var written = 0
    private var digest = ContentDigest()

    init(directory: String, quota: StorageQuota? = nil) throws {
        file = try SpoolFile(directory: directory, quota: quota, isPending: true)
        buffer.reserveCapacity(2 * Self.bufferSize)
    }

    /// How many bytes were taken.
    var length: Int { written + buffer.count }

    /// Takes the next identifiers.
    mutating func append(_ identifiers: RowIdentifiers) throws {
        identifiers.bytes.withUnsafeBytes { digest.update($0) }
        buffer += identifiers.bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Hands everything over, piece by piece, and gives its SHA-256.
    consuming func finish(_ take: ([UInt8]) throws -> Void) throws -> String {
        try flush()
        for start in stride(from: 0, to: written, by: Self.bufferSize) {
            try take(try file.read(min(Self.bufferSize, written - start), at: start))
        }
        return digest.hexadecimal()
    }

    private mutating func flush() throws {
        try file.write(buffer, at: written)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
