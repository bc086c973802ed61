// Links the library of mathematical functions: rounding a Float calls it, and no other import here does.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A buffer of bytes to write formats into; the caller sends it off and empties it as often as it likes.
///
/// ```swift
/// var writer = ByteWriter()
/// writer.append("{\"centroids\":")
/// writer.append(jsonRows: centroids, dimension: 2)
/// writer.append("}")
/// send(writer.take())
/// ```
public struct ByteWriter: Sendable {
    /// The bytes written and not taken yet.
    public var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// How many bytes are waiting.
    public var count: Int { bytes.count }

    /// Takes the bytes out; the writer is empty then.
    ///
    /// - Complexity: O(1).
    public mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    /// Writes text that is known when the program is compiled, as it is.
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes text as UTF-8, as it is.
    public mutating func append(string: String) {
        bytes.append(contentsOf: string.utf8)
    }

    /// Writes one byte.
    @inlinable
    public mutating func append(byte: UInt8) { bytes.append(byte) }

    /// Writes an integer in decimal digits.
    @inlinable
    public mutating func append(int value: some BinaryInteger) {
        if let magnitude = UInt64(exactly: value.magnitude) {
            append(digits: magnitude, isNegative: value < 0)
        } else {
            append(string: String(value))
        }
    }

    @usableFromInline
    mutating func append(digits magnitude: UInt64, isNegative: Bool) {
        // 2⁶⁴ has 20 digits.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { buffer in
            var start = 21
            var rest = magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            if isNegative {
                start -= 1
                buffer[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: buffer[start...])
        }
    }

    /// Writes the shortest decimal number that reads back as the same `Float`; `null` when it is not finite.
    ///
    /// Whole numbers come without `.0`. The text is a number for JSON and CSV alike.
    public mutating func append(float value: Float) {
        guard value.isFinite else { return append("null") }
        if let whole = Int32(exactly: value), value != 0 || value.sign == .plus, whole.magnitude < 1 << 24 {
            return append(int: whole)
        }
        append(shortest: value.description)
    }

    /// Writes the shortest decimal number that reads back as the same `Double`; `null` when it is not finite.
    ///
    /// Whole numbers come without `.0`. The text is a number for JSON and CSV alike.
    public mutating func append(double value: Double) {
        guard value.isFinite else { return append("null") }
        if let whole = Int64(exactly: value), value != 0 || value.sign == .plus, whole.magnitude < 1 << 53 {
            return append(int: whole)
        }
        append(shortest: value.description)
    }

    private mutating func append(shortest text: String) {
        bytes.append(contentsOf: text.utf8)
        let end = bytes.count
        if end >= 2, bytes[end - 1] == UInt8(ascii: "0"), bytes[end - 2] == UInt8(ascii: ".") { bytes.removeLast(2) }
    }
}
