extension ByteWriter {
    /// Writes a JSON string (RFC 8259, section 7), in quotes.
    ///
    /// Quotes, backslashes and control characters are escaped; all else is UTF-8 as it is.
    public mutating func append(jsonString text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                append("\\u00")
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Writes an array of numbers, such as `[1,0.5,null]`.
    @inlinable
    public mutating func append(jsonArray values: some Sequence<Float>) {
        appendArray(values) { $0.append(float: $1) }
    }

    /// Writes an array of numbers, such as `[1,0.5,null]`.
    @inlinable
    public mutating func append(jsonArray values: some Sequence<Double>) {
        appendArray(values) { $0.append(double: $1) }
    }

    /// Writes an array of integers.
    @inlinable
    public mutating func append<Values: Sequence>(jsonArray values: Values) where Values.Element: BinaryInteger {
        appendArray(values) { $0.append(int: $1) }
    }

    /// Writes an array of strings.
    @inlinable
    public mutating func append(jsonArray values: some Sequence<String>) {
        appendArray(values) { $0.append(jsonString: $1) }
    }

    /// Writes an array of rows, each an array of `dimension` numbers, such as `[[1,2],[3,4]]`.
    ///
    /// - Parameters:
    ///   - values: whole rows, row after row.
    ///   - dimension: the length of a row, `1...`; it divides `values.count`.
    @inlinable
    public mutating func append(jsonRows values: some RandomAccessCollection<Float>, dimension: Int) {
        precondition(dimension > 0 && values.count % dimension == 0, "rows of \(dimension) numbers each")
        var rest = values[...]
        appendArray(0..<values.count / dimension) { writer, _ in
            writer.append(jsonArray: rest.prefix(dimension))
            rest = rest.dropFirst(dimension)
        }
    }

    /// Writes an array of rows, each an array of `dimension` numbers, with all the digits a `Double` has.
    ///
    /// - Parameters:
    ///   - values: whole rows, row after row.
    ///   - dimension: the length of a row, `1...`; it divides `values.count`.
    @inlinable
    public mutating func append(jsonDoubleRows values: some RandomAccessCollection<Double>, dimension: Int) {
        precondition(dimension > 0 && values.count % dimension == 0, "rows of \(dimension) numbers each")
        var rest = values[...]
        appendArray(0..<values.count / dimension) { writer, _ in
            writer.append(jsonArray: rest.prefix(dimension))
            rest = rest.dropFirst(dimension)
        }
    }

    /// Writes a line of NDJSON that is an array, its line end included.
    @inlinable
    public mutating func append(ndjsonRow values: some Sequence<Float>) {
        append(jsonArray: values)
        bytes.append(0x0A)
    }

    /// Writes a line of NDJSON that is an object, its line end included.
    ///
    /// - Parameters:
    ///   - names: the members' names; those behind the last value are left out.
    ///   - values: a number for each name.
    @inlinable
    public mutating func append(ndjsonRow values: some Sequence<Float>, names: some Sequence<String>) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value) in zip(names, values) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(jsonString: name)
            bytes.append(UInt8(ascii: ":"))
            append(float: value)
        }
        append("}\n")
    }

    @inlinable
    mutating func appendArray<Values: Sequence>(
        _ values: Values, _ appendElement: (inout ByteWriter, Values.Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendElement(&self, value)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
