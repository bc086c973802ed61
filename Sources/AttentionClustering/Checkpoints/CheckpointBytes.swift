/// Something that a checkpoint holds.
protocol CheckpointValue: Sendable {
    init(from reader: inout CheckpointReader) throws(FitCheckpointError)
    func write(to writer: inout CheckpointWriter)
    /// About how many bytes ``write(to:)`` adds.
    var checkpointSize: Int { get }
}

/// Writes numbers little-endian, floating-point ones by their bit patterns.
struct CheckpointWriter {
    var bytes: [UInt8] = []

    mutating func write<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func write(_ value: Double) { write(value.bitPattern) }
    mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }

    mutating func write(_ values: [Double]) {
        write(UInt64(values.count))
        // Every platform that this builds for is little-endian; elsewhere the words are turned one by one.
        #if _endian(little)
            values.withUnsafeBytes { bytes += $0 }
        #else
            for value in values { write(value) }
        #endif
    }

    /// Writes what `body` writes with its length before it.
    mutating func section(_ body: (inout CheckpointWriter) -> Void) -> Range<Int> {
        let place = bytes.count
        write(UInt64(0))
        let start = bytes.count
        body(&self)
        withUnsafeBytes(of: UInt64(bytes.count - start).littleEndian) { length in
            for (offset, byte) in length.enumerated() { bytes[place + offset] = byte }
        }
        return start..<bytes.count
    }
}

/// Reads what a ``CheckpointWriter`` wrote and trusts none of it.
struct CheckpointReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    var isAtEnd: Bool { position == end }

    private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(FitCheckpointError) -> Integer {
        let size = Integer.bitWidth / 8
        guard end - position >= size else { throw FitCheckpointError("bytes are missing") }
        defer { position += size }
        return bytes.withUnsafeBytes {
            Integer(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Integer.self))
        }
    }

    mutating func uint32() throws(FitCheckpointError) -> UInt32 { try integer(UInt32.self) }
    mutating func uint64() throws(FitCheckpointError) -> UInt64 { try integer(UInt64.self) }
    mutating func double() throws(FitCheckpointError) -> Double { Double(bitPattern: try uint64()) }

    mutating func bool() throws(FitCheckpointError) -> Bool {
        let byte = try integer(UInt8.self)
        guard byte < 2 else { throw FitCheckpointError("\(byte) is neither yes nor no") }
        return byte == 1
    }

    mutating func int() throws(FitCheckpointError) -> Int {
        guard let value = Int(exactly: try uint64()) else { throw FitCheckpointError("a number is out of range") }
        return value
    }

    /// A number of things that take at least `size` bytes each.
    mutating func count(of size: Int) throws(FitCheckpointError) -> Int {
        let count = try int()
        guard count <= (end - position) / max(1, size) else { throw FitCheckpointError("bytes are missing") }
        return count
    }

    mutating func section() throws(FitCheckpointError) -> Range<Int> {
        let count = try count(of: 1)
        defer { position += count }
        return position..<position + count
    }

    mutating func doubles() throws(FitCheckpointError) -> [Double] {
        let count = try count(of: 8)
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try double()) }
        return values
    }
}

/// A 64-bit digest of numbers that tells one start from another (FNV-1a by words, with a shift so that high bits count).
struct NumberDigest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01B3
        value ^= value >> 29
    }

    mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
    mutating func add(_ number: Double) { add(number.bitPattern) }
    mutating func add(_ numbers: [Double]) { for number in numbers { add(number.bitPattern) } }
    mutating func add(_ text: String) { for byte in text.utf8 { add(UInt64(byte)) } }
}
