/// A FlatBuffers message in bytes that nobody vouches for: what lies outside is an error, whatever the offsets say.
///
/// The layout is that of the FlatBuffers internals document: a table starts with the distance back to its vtable, which
/// holds for each field where in the table it lies, 0 for a field that is left out.
struct FlatBuffer: Sendable {
    let bytes: [UInt8]

    /// The table at the root.
    func root() throws(FormatError) -> FlatTable {
        try FlatTable(self, at: Int(load(0, as: UInt32.self)))
    }

    /// The little-endian number at `position`.
    func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ position: Int, as type: Number.Type
    ) throws(FormatError) -> Number {
        guard position >= 0, position <= bytes.count - MemoryLayout<Number>.size else { throw Self.damaged }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
        }
    }

    /// Where the offset at `position` points to: always ahead.
    func target(_ position: Int) throws(FormatError) -> Int {
        let offset = Int(try load(position, as: UInt32.self))
        guard offset > 0, offset < bytes.count - position else { throw Self.damaged }
        return position + offset
    }

    static let damaged = FormatError(
        code: .malformed,
        detail: "the metadata of an Arrow message is damaged: an offset points outside it. Write the file again.")
}

/// A table of a ``FlatBuffer``.
struct FlatTable: Sendable {
    let buffer: FlatBuffer
    private let position: Int
    private let vtable: Int
    private let vtableSize: Int

    init(_ buffer: FlatBuffer, at position: Int) throws(FormatError) {
        self.buffer = buffer
        self.position = position
        vtable = position - Int(try buffer.load(position, as: Int32.self))
        vtableSize = Int(try buffer.load(vtable, as: UInt16.self))
    }

    /// Where field `index` lies; `nil` when it is left out.
    private func place(_ index: Int) throws(FormatError) -> Int? {
        guard 4 + 2 * index + 2 <= vtableSize else { return nil }
        let offset = Int(try buffer.load(vtable + 4 + 2 * index, as: UInt16.self))
        return offset == 0 ? nil : position + offset
    }

    /// The number in field `index`.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ index: Int, default value: Number
    ) throws(FormatError) -> Number {
        guard let place = try place(index) else { return value }
        return try buffer.load(place, as: Number.self)
    }

    /// The table in field `index`.
    func table(_ index: Int) throws(FormatError) -> FlatTable? {
        guard let place = try place(index) else { return nil }
        return try FlatTable(buffer, at: buffer.target(place))
    }

    /// The vector in field `index`, of elements of `stride` bytes; empty when it is left out.
    func vector(_ index: Int, stride: Int) throws(FormatError) -> FlatVector {
        guard let place = try place(index) else {
            return FlatVector(buffer: buffer, start: 0, count: 0, stride: stride)
        }
        let start = try buffer.target(place)
        let count = Int(try buffer.load(start, as: UInt32.self))
        guard count <= (buffer.bytes.count - start - 4) / stride else { throw FlatBuffer.damaged }
        return FlatVector(buffer: buffer, start: start + 4, count: count, stride: stride)
    }

    /// The bytes of the text in field `index`.
    func text(_ index: Int) throws(FormatError) -> ArraySlice<UInt8> {
        let vector = try vector(index, stride: 1)
        return buffer.bytes[vector.start..<vector.start + vector.count]
    }
}

/// A vector of a ``FlatBuffer``.
struct FlatVector: Sendable {
    let buffer: FlatBuffer
    let start: Int
    let count: Int
    let stride: Int

    /// The table that element `index` points to.
    func table(_ index: Int) throws(FormatError) -> FlatTable {
        try FlatTable(buffer, at: buffer.target(start + index * stride))
    }

    /// The 64-bit number `word` of the struct that is element `index`.
    func word(_ index: Int, _ word: Int = 0) throws(FormatError) -> Int {
        guard index < count else { throw FlatBuffer.damaged }
        return Int(try buffer.load(start + index * stride + 8 * word, as: Int64.self))
    }
}
