/// Texts that identify rows, one behind the other in one buffer.
///
/// Each is its length in bytes as a little-endian `UInt32`, then its UTF-8: the form in which they can be written to a
/// file and read back in order.
public struct RowIdentifiers: Sendable, Equatable, Sequence {
    /// The most bytes of UTF-8 that one identifier may have.
    public static let longest = 4_096

    /// Lengths and texts, behind each other.
    public private(set) var bytes: [UInt8] = []
    /// How many identifiers there are.
    public private(set) var count = 0

    /// No identifiers.
    public init() {}

    /// Identifiers that were stored: `count` of them, in the form of ``bytes``.
    package init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// Adds an identifier.
    ///
    /// - Parameter text: valid UTF-8 of at most ``longest`` bytes.
    public mutating func append(utf8 text: some Collection<UInt8>) {
        Swift.withUnsafeBytes(of: UInt32(text.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: text)
        count += 1
    }

    /// Adds identifiers.
    public mutating func append(_ others: RowIdentifiers) {
        bytes += others.bytes
        count += others.count
    }

    /// Adds an identifier.
    public mutating func append(_ text: String) { append(utf8: text.utf8) }

    /// Forgets all identifiers and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// The identifiers in order.
    public func makeIterator() -> Iterator { Iterator(bytes: bytes) }

    /// Reads identifiers one after the other.
    public struct Iterator: IteratorProtocol, Sendable {
        let bytes: [UInt8]
        private var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// The next identifier.
        public mutating func next() -> String? {
            guard position + 4 <= bytes.count else { return nil }
            let start = position + 4
            let length = bytes[position..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard start + length <= bytes.count else { return nil }
            position = start + length
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }
}
