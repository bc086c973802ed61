/// One line of a header or trailer section: a name, a colon, a value (RFC 9112, section 5).
struct FieldLine {
    /// Where the name stands in the line.
    let name: Range<Int>

    /// Where the value stands, without the whitespace around it.
    let value: Range<Int>

    /// Finds name and value in a line without its CR LF.
    ///
    /// A line that continues the one before (obs-fold) has no name and is refused, as is whitespace before the colon.
    init(_ line: Span<UInt8>) throws(RequestError) {
        var colon = 0
        while colon < line.count && ByteClass.isToken(line[colon]) { colon += 1 }
        guard colon < line.count, line[colon] == ByteClass.colon, colon > 0 else {
            throw .malformed("a header line is not a name, a colon and a value")
        }
        let rest = line.extracting((colon + 1)..<line.count)
        guard rest.allSatisfy(ByteClass.isFieldValue) else {
            throw .malformed("a header field's value has control characters")
        }
        let trimmed = rest.trimmedRange
        name = 0..<colon
        value = (trimmed.lowerBound + colon + 1)..<(trimmed.upperBound + colon + 1)
    }
}
