/// The body of a record batch while it arrives: what counts of it goes to the scratch buffer, unpacked.
struct ArrowBody: Sendable {
    /// Where a buffer lies in the scratch buffer.
    struct Section: Sendable {
        let column: Int
        let purpose: ArrowBatch.Purpose
        let start: Int
        var count = 0
    }

    let batch: ArrowBatch
    let length: Int
    /// How many bytes of the body were read.
    private(set) var position = 0
    private(set) var sections: [Section] = []
    private var next = 0
    /// The first bytes of a packed buffer, which tell its length.
    private var head: [UInt8] = []
    /// How many bytes the buffer being read unpacks to; `nil` for one that is not packed.
    private var unpackedLength: Int?
    private var unpacked = 0
    private var inflation: ArrowInflation?

    init(_ batch: ArrowBatch, length: Int) {
        self.batch = batch
        self.length = length
    }

    var isComplete: Bool { position == length && next == batch.buffers.count }

    /// Reads bytes of the body, at most as many as are left of it.
    ///
    /// - Returns: how many were read; at least one while there are some, and none only at the end.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ reader: inout ArrowRowReader
    ) throws -> Int {
        var taken = 0
        while true {
            guard next < batch.buffers.count else {
                let skipped = min(bytes.count - taken, length - position)
                position += skipped
                return taken + skipped
            }
            let buffer = batch.buffers[next]
            if position < buffer.offset {
                let skipped = min(bytes.count - taken, buffer.offset - position)
                position += skipped
                taken += skipped
            }
            guard position >= buffer.offset else { return taken }
            if position == buffer.offset, sections.count == next { begin(buffer, reader.scratch.count) }
            let piece = min(bytes.count - taken, buffer.offset + buffer.length - position)
            if piece > 0 {
                position += piece
                try feed(UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + piece]), buffer, &reader)
                taken += piece
            }
            guard position == buffer.offset + buffer.length else { return taken }
            try end(buffer)
            next += 1
            try reader.checkNulls()
        }
    }

    private mutating func begin(_ buffer: ArrowBatch.Buffer, _ start: Int) {
        sections.append(Section(column: buffer.column, purpose: buffer.purpose, start: start))
        head = []
        unpackedLength = nil
        unpacked = 0
        inflation = nil
    }

    private mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ buffer: ArrowBatch.Buffer, _ reader: inout ArrowRowReader
    ) throws {
        var rest = bytes
        if batch.packing != .none, head.count < 8 {
            let missing = min(8 - head.count, rest.count)
            head += rest[..<missing]
            rest = UnsafeRawBufferPointer(rebasing: rest[missing...])
            guard head.count == 8 else { return }
            let announced = head.withUnsafeBytes { Int(Int64(littleEndian: $0.loadUnaligned(as: Int64.self))) }
            // −1 says that the buffer did not get smaller and is as it was.
            if announced != -1 {
                guard announced >= 0 else { throw ArrowBatch.error("has a packed buffer of a negative length") }
                try reader.count(unpacked: announced)
                unpackedLength = announced
                inflation = ArrowInflation(batch.packing)
            }
        }
        guard let inflation, let unpackedLength else { return try take(rest, buffer, &reader) }
        try inflation.unpack(rest) { piece in
            guard unpacked + piece.count <= unpackedLength else {
                throw ArrowBatch.error("has a packed buffer that is longer than it says")
            }
            try take(piece, buffer, &reader)
        }
    }

    /// Takes bytes of a buffer that are not packed, or not any more.
    private mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ buffer: ArrowBatch.Buffer, _ reader: inout ArrowRowReader
    ) throws {
        let before = unpacked
        unpacked += bytes.count
        let used = max(min(bytes.count, (buffer.needed ?? .max) - before), 0)
        let section = sections.count - 1
        let piece = UnsafeRawBufferPointer(rebasing: bytes[..<used])
        sections[section].count += try reader.take(piece, at: before, buffer)
    }

    private func end(_ buffer: ArrowBatch.Buffer) throws(FormatError) {
        if let unpackedLength, unpacked != unpackedLength || inflation?.isAtEnd == false {
            throw ArrowBatch.error("has a packed buffer that is cut off")
        }
        // Offsets of no rows may be left out.
        guard batch.rows > 0, unpacked < buffer.needed ?? 0 else { return }
        throw ArrowBatch.error("has a buffer that is too short for its \(batch.rows) rows")
    }
}
