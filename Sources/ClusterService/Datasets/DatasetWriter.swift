import Foundation
import Glibc
import PointFormats

/// Receives rows as they are decoded and makes a stored point set of them.
///
/// Rows go to a temporary file through a ``DatasetPipeline``, which digests and writes them on threads of its own;
/// column statistics are taken in the same pass. A writer that is dropped before ``publish(as:freeing:)`` leaves nothing behind.
///
/// `@unchecked Sendable` is sound: a writer belongs to one request, whose steps follow one another; the thread that
/// finishes it begins after the last row was appended and is waited for.
final class DatasetWriter: PointSink, @unchecked Sendable {
    private let directory: String
    private let temporaryPath: String
    private let pipeline: DatasetPipeline
    private let type: NumberType
    private let quota: StorageQuota?
    /// How many stored bytes the file begins with a copy of.
    private let copied: Int
    /// How long this file is, which is what it has taken of the quota.
    private var taken = 0
    private var identifiers: IdentifierSpool?
    private var block: DatasetBlock?
    private var dimension = 0
    private(set) var rows = 0
    private var statistics = ColumnStatistics(dimension: 0)
    /// Whether what was taken of the quota counts as stored.
    private var isSettled = false
    private var isPublished = false

    /// Starts a temporary file in `directory`.
    ///
    /// - Parameters:
    ///   - type: the type of the numbers; rows of the other are not taken.
    ///   - quota: what the file's bytes are taken from; they are given back unless it is published.
    ///   - copied: how many stored bytes it begins with a copy of.
    init(directory: String, type: NumberType = .float32, quota: StorageQuota? = nil, copied: Int = 0) throws {
        self.quota = quota
        self.copied = copied
        self.type = type
        self.directory = directory
        temporaryPath = "\(directory)/\(UUID().uuidString).part"
        pipeline = DatasetPipeline(
            try FileDescriptor(opening: temporaryPath, flags: O_RDWR | O_CREAT | O_EXCL))
        try quota?.take(DatasetFileHead.size, isPending: true, copied: copied)
        taken = DatasetFileHead.size
        let head = pipeline.makeBlock()
        let blank = [UInt8](repeating: 0, count: DatasetFileHead.size)
        _ = blank.withUnsafeBytes { head.append($0) }
        try pipeline.submit(head, digested: false)
    }

    deinit {
        guard !isPublished else { return }
        unlink(temporaryPath)
        quota?.give(taken, isPending: !isSettled)
    }

    func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws {
        precondition(type == .float32, "rows of \(type)")
        try append(UnsafeRawBufferPointer(rows), count: rows.count / dimension, dimension: dimension)
        statistics.observe(rows)
    }

    func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) throws {
        precondition(type == .float64, "rows of \(type)")
        try append(UnsafeRawBufferPointer(rows), count: rows.count / dimension, dimension: dimension)
        statistics.observe(rows)
    }

    func append(packed rows: UnsafeRawBufferPointer, of type: NumberType, dimension: Int) throws {
        precondition(type == self.type, "rows of \(type)")
        try append(rows, count: rows.count / type.size / dimension, dimension: dimension)
        switch type {
        case .float32: statistics.observe(floats: rows)
        case .float64: statistics.observe(doubles: rows)
        }
    }

    func append(_ identifiers: RowIdentifiers) throws {
        // They lie there and in the file for a moment, which is the store's matter and not that of a part of its quota.
        if self.identifiers == nil { self.identifiers = try IdentifierSpool(directory: directory, quota: quota?.root) }
        try self.identifiers?.append(identifiers)
    }

    private func append(_ bytes: UnsafeRawBufferPointer, count: Int, dimension: Int) throws {
        if self.dimension == 0 {
            self.dimension = dimension
            statistics = ColumnStatistics(dimension: dimension)
        }
        rows += count
        try append(bytes, digested: true)
    }

    /// Where the bytes of the next rows can be put before they are appended, which then copies nothing.
    ///
    /// Rows that are appended from there may lie further behind than they go, as long as none is appended twice.
    ///
    /// - Parameter begun: how many bytes of rows have come and were not appended yet; the room begins behind them.
    /// - Returns: the room; nil when the rows are too long for it.
    /// - Throws: what kept a block before from being written.
    func room(behind begun: Int) throws -> UnsafeMutableRawBufferPointer? {
        guard begun <= Self.leastRoom else { return nil }
        if let block, block.room(behind: begun).count < Self.leastRoom { try flush(digested: true) }
        let block = block ?? pipeline.makeBlock()
        self.block = block
        return block.room(behind: begun)
    }

    /// From this many bytes on what is left of a block is worth reading into.
    private static let leastRoom = DatasetBlock.size / 8

    /// Returns when so much of what was appended is written that memory stays small.
    ///
    /// - Throws: ``StorageError`` when something could not be written.
    func waitForRoom() async throws { try await pipeline.waitForRoom() }

    /// Completes the temporary file and makes it durable; ``publish(as:freeing:)`` then gives it its name.
    ///
    /// - Parameters:
    ///   - identifier: the name of the column that identifies the rows.
    ///   - isExact: whether the numbers are known to be those that were sent, so that no rounding is to be warned of.
    func finish(
        columns: [String]?, identifier: String? = nil, warnings: [String], isExact: Bool = false
    ) throws -> DatasetDescription {
        try flush(digested: true)
        let (identifierLength, identifierDigest) = try appendIdentifiers()
        try flush(digested: false)
        try pipeline.drain()
        let description = DatasetDescription(
            rows: rows, dimension: dimension, columns: columns, statistics: statistics.columns(rows: rows),
            warnings: DatasetWarnings.kept(warnings + (isExact ? [] : precisionWarnings(columns: columns))),
            digest: finishDigest(columns: columns, identifierDigest.map { (identifier ?? "id", $0) }),
            identifier: identifierDigest == nil ? nil : identifier ?? "id", dtype: type == .float32 ? nil : type)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = try encoder.encode(description)
        try text.withUnsafeBytes { try append($0, digested: false) }
        try flush(digested: false)
        try pipeline.drain()
        let head = DatasetFileHead(
            rows: rows, dimension: dimension,
            descriptionOffset: DatasetFileHead.size + description.byteCount + identifierLength,
            descriptionLength: text.count, identifierLength: identifierLength, type: type)
        try pipeline.complete(head: head.bytes)
        return description
    }

    /// Moves the finished file to `path`, in place of an earlier copy of the same content.
    ///
    /// The earlier copy may have been damaged on the disk; the new one has just been written. Who reads the earlier one
    /// keeps it to the end.
    ///
    /// - Parameter freed: how many stored bytes go once this is stored, those of the earlier copy not counted.
    /// - Returns: how long the file is.
    /// - Throws: ``StorageQuotaExceeded`` when the file adds more than there is room for; it may be tried again.
    @discardableResult
    func publish(as path: String, freeing freed: Int = 0) throws -> Int {
        var earlier = stat()
        let size = stat(path, &earlier) == 0 ? Int(earlier.st_size) : 0
        if !isSettled { try quota?.settle(taken, freeing: size + freed) }
        isSettled = true
        try FileDescriptor.move(temporaryPath, over: path)
        isPublished = true
        quota?.give(size)
        return taken
    }

    private func precisionWarnings(columns: [String]?) -> [String] {
        let names = columns ?? DatasetDescription.defaultNames(dimension)
        return statistics.minima.indices.compactMap { column in
            PrecisionWarning.sentence(
                column: names[column], minimum: statistics.minima[column], maximum: statistics.maxima[column],
                areIntegers: statistics.areIntegers[column], type: type)
        }
    }

    /// Writes the identifiers behind the rows.
    ///
    /// - Returns: how many bytes they take, and their digest; nil when there are none.
    private func appendIdentifiers() throws -> (length: Int, digest: String?) {
        guard let spool = identifiers.take() else { return (0, nil) }
        let length = spool.length
        let digest = try spool.finish { piece in
            try piece.withUnsafeBytes { try append($0, digested: false) }
        }
        return (length, digest)
    }

    private func finishDigest(columns: [String]?, _ identifiers: (name: String, digest: String)?) -> String {
        guard var digest = pipeline.takeDigest() else { return "" }
        digest.update(dimension: dimension, columns: columns, identifiers, type)
        return digest.hexadecimal()
    }

    /// Adds bytes to the block being filled, and hands full ones over.
    private func append(_ bytes: UnsafeRawBufferPointer, digested: Bool) throws {
        var rest = bytes
        while !rest.isEmpty {
            let block = block ?? pipeline.makeBlock()
            self.block = block
            rest = UnsafeRawBufferPointer(rebasing: rest[block.append(rest)...])
            if block.isFull { try flush(digested: digested) }
        }
    }

    private func flush(digested: Bool) throws {
        guard let block = block.take() else { return }
        try quota?.take(block.count, isPending: true, copied: copied)
        taken += block.count
        try pipeline.submit(block, digested: digested)
    }
}
