/// Bytes that are written in order and read anywhere: in memory while they are few, else in a ``ScratchStorage``.
///
/// A copy shares the storage, so that only one of the two may be written to.
struct ScratchBuffer: Sendable {
    /// From so many bytes on they go to the storage.
    static let memoryLimit = 16 << 20
    /// How many bytes gather before they are written to the storage.
    private static let pieceSize = 256 * 1024

    private let source: ScratchSource?
    /// The most bytes there may be without a storage.
    private let limit: Int
    private var storage: (any ScratchStorage)?
    /// The bytes from `written` on.
    private var memory: [UInt8] = []
    private var written = 0

    /// - Parameters:
    ///   - source: makes the storage; without one everything stays in memory.
    ///   - limit: the most bytes there may be in memory without a storage.
    init(_ source: ScratchSource?, limit: Int) {
        self.source = source
        self.limit = limit
    }

    /// How many bytes there are.
    var count: Int { written + memory.count }

    /// Writes bytes behind those before.
    ///
    /// - Throws: ``FormatError`` with code `tooLarge` when memory is all there is and it does not suffice.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        memory.append(contentsOf: bytes)
        guard let source else {
            guard memory.count <= limit else {
                throw FormatError(
                    code: .tooLarge,
                    detail: "columns that lie one behind the other are held in memory, at most \(limit) bytes of them. "
                        + "Write smaller record batches, or rows: CSV, NDJSON or a .npy in C order.",
                    places: [.init(detail: "more than \(limit) bytes")])
            }
            return
        }
        guard memory.count >= (storage == nil ? Self.memoryLimit : Self.pieceSize) else { return }
        let isFirst = self.storage == nil
        let storage = try self.storage ?? source()
        self.storage = storage
        try memory.withUnsafeBytes { try storage.write($0, at: written) }
        written += memory.count
        // The much that gathered at first is given back; from then on one small buffer is filled again and again.
        if isFirst { memory = [] } else { memory.removeAll(keepingCapacity: true) }
    }

    /// Fills `bytes` from `offset` on.
    ///
    /// - Precondition: `offset + bytes.count <= count`.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        precondition(offset >= 0 && offset + bytes.count <= count, "what was not written cannot be read")
        let stored = min(max(written - offset, 0), bytes.count)
        if stored > 0 {
            try storage?.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<stored]), at: offset)
        }
        guard stored < bytes.count else { return }
        memory.withUnsafeBytes {
            let start = offset + stored - written
            UnsafeMutableRawBufferPointer(rebasing: bytes[stored...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + bytes.count - stored]))
        }
    }

    /// Some of the bytes, which must be there.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        var failure: (any Error)?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            do {
                let target = UnsafeMutableRawBufferPointer(buffer)[..<range.count]
                try read(into: UnsafeMutableRawBufferPointer(rebasing: target), at: range.lowerBound)
                filled = range.count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Forgets all bytes and keeps the storage.
    mutating func removeAll() {
        memory = []
        written = 0
    }
}
