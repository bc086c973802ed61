import Foundation
import Glibc
import PointFormats

/// Receives rows as they are decoded and makes a stored point set of them.
///
/// Rows go to a temporary file through one fixed buffer; digest and column statistics are taken in the same pass.
/// A writer that is dropped before ``publish(as:)`` leaves nothing behind.
///
/// `@unchecked Sendable` is sound: a writer belongs to one request, whose steps follow one another; the thread that
/// finishes it begins after the last row was appended and is waited for.
final class DatasetWriter: PointSink, @unchecked Sendable {
    private static let bufferSize = 256 * 1024

    private let directory: String
    private let temporaryPath: String
    private let file: FileDescriptor
    private let quota: StorageQuota?
    /// How many bytes of the quota this file has taken.
    private var taken = 0
    private var digest: ContentDigest?
    private var identifiers: IdentifierSpool?
    private var buffer: [UInt8] = []
    private var dimension = 0
    private(set) var rows = 0
    private var minima: [Float] = []
    private var maxima: [Float] = []
    private var sums: [Double] = []
    private var isPublished = false

    /// Starts a temporary file in `directory`.
    ///
    /// - Parameter quota: what the file's bytes are taken from; they are given back unless it is published.
    init(directory: String, quota: StorageQuota? = nil) throws {
        self.quota = quota
        self.directory = directory
        temporaryPath = "\(directory)/\(UUID().uuidString).part"
        file = try FileDescriptor(opening: temporaryPath, flags: O_RDWR | O_CREAT | O_EXCL)
        digest = ContentDigest()
        buffer.reserveCapacity(Self.bufferSize + 64 * 1024)
        buffer.append(contentsOf: repeatElement(0, count: DatasetFileHead.size))
    }

    deinit {
        guard !isPublished else { return }
        unlink(temporaryPath)
        quota?.give(taken)
    }

    func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws {
        if self.dimension == 0 { begin(dimension: dimension) }
        let bytes = UnsafeRawBufferPointer(rows)
        digest?.update(bytes)
        buffer.append(contentsOf: bytes)
        observe(rows)
        self.rows += rows.count / dimension
        if buffer.count >= Self.bufferSize { try flush() }
    }

    func append(_ identifiers: RowIdentifiers) throws {
        if self.identifiers == nil { self.identifiers = try IdentifierSpool(directory: directory, quota: quota) }
        try self.identifiers?.append(identifiers)
    }

    /// Completes the temporary file and makes it durable; ``publish(as:)`` then gives it its name.
    ///
    /// - Parameter identifier: the name of the column that identifies the rows.
    func finish(columns: [String]?, identifier: String? = nil, warnings: [String]) throws -> DatasetDescription {
        let (identifierLength, identifierDigest) = try appendIdentifiers()
        let description = DatasetDescription(
            rows: rows, dimension: dimension, columns: columns,
            statistics: sums.indices.map { column in
                let mean = sums[column] / Double(max(rows, 1))
                return .init(min: minima[column], max: maxima[column], mean: mean)
            },
            warnings: warnings + precisionWarnings(columns: columns),
            digest: finishDigest(columns: columns, identifierDigest.map { (identifier ?? "id", $0) }),
            identifier: identifierDigest == nil ? nil : identifier ?? "id")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = try encoder.encode(description)
        buffer.append(contentsOf: text)
        try flush()
        let head = DatasetFileHead(
            rows: rows, dimension: dimension,
            descriptionOffset: DatasetFileHead.size + description.byteCount + identifierLength,
            descriptionLength: text.count, identifierLength: identifierLength)
        try head.bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.synchronize()
        return description
    }

    /// Moves the finished file to `path`; content that is already stored is kept and the new copy dropped.
    func publish(as path: String) throws {
        if access(path, F_OK) == 0 { return }
        guard rename(temporaryPath, path) == 0 else { throw StorageError("rename", temporaryPath) }
        isPublished = true
    }

    private func begin(dimension: Int) {
        self.dimension = dimension
        minima = Array(repeating: .infinity, count: dimension)
        maxima = Array(repeating: -.infinity, count: dimension)
        sums = Array(repeating: 0, count: dimension)
    }

    private func precisionWarnings(columns: [String]?) -> [String] {
        let names = columns ?? DatasetDescription.defaultNames(dimension)
        return minima.indices.compactMap { column in
            PrecisionWarning.sentence(column: names[column], minimum: minima[column], maximum: maxima[column])
        }
    }

    private func observe(_ rows: UnsafeBufferPointer<Float>) {
        let dimension = dimension
        minima.withUnsafeMutableBufferPointer { minima in
            maxima.withUnsafeMutableBufferPointer { maxima in
                sums.withUnsafeMutableBufferPointer { sums in
                    var start = 0
                    while start < rows.count {
                        for column in 0..<dimension {
                            let value = rows[start + column]
                            minima[column] = Swift.min(minima[column], value)
                            maxima[column] = Swift.max(maxima[column], value)
                            sums[column] += Double(value)
                        }
                        start += dimension
                    }
                }
            }
        }
    }

    /// Writes the identifiers behind the rows.
    ///
    /// - Returns: how many bytes they take, and their digest; nil when there are none.
    private func appendIdentifiers() throws -> (length: Int, digest: String?) {
        guard let spool = identifiers.take() else { return (0, nil) }
        let length = spool.length
        let digest = try spool.finish { piece in
            buffer.append(contentsOf: piece)
            if buffer.count >= Self.bufferSize { try flush() }
        }
        return (length, digest)
    }

    private func finishDigest(columns: [String]?, _ identifiers: (name: String, digest: String)?) -> String {
        guard var digest = digest.take() else { return "" }
        var schema: [JSONValue.Member] = [
            .init(name: "dimension", value: .integer(dimension)),
            .init(name: "columns", value: columns.map { .array($0.map(JSONValue.string)) } ?? .null),
        ]
        if let identifiers {
            schema.append(.init(name: "identifier", value: .string(identifiers.name)))
            schema.append(.init(name: "identifiers", value: .string(identifiers.digest)))
        }
        JSONValue.object(schema).bytes.withUnsafeBytes { digest.update($0) }
        return digest.hexadecimal()
    }

    private func flush() throws {
        try quota?.take(buffer.count)
        taken += buffer.count
        try buffer.withUnsafeBytes { try file.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }
}
