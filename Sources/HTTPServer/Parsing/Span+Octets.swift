extension Span<UInt8> {
    /// The offset of the first line feed from `start` on.
    ///
    /// - Complexity: O(n), at the speed of `memchr`.
    func firstLineFeed(from start: Int) -> Int? {
        firstIndex(of: ByteClass.lineFeed, from: start)
    }

    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The octets as text; they must be ASCII.
    var text: String {
        withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The octets without the spaces and tabs around them.
    var trimmedRange: Range<Int> {
        var lower = 0
        var upper = count
        while lower < upper && ByteClass.isWhitespace(self[lower]) { lower += 1 }
        while upper > lower && ByteClass.isWhitespace(self[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// Whether the octets are those of an ASCII text in small letters, case aside.
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: lowercase.utf8Start, count: count)
        for index in 0..<count where ByteClass.lowercased(self[index]) != expected[index] { return false }
        return true
    }

    func allSatisfy(_ predicate: (UInt8) -> Bool) -> Bool {
        for index in indices where !predicate(self[index]) { return false }
        return true
    }
}
