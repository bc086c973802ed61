extension ByteWriter {
    /// Writes a CSV cell (RFC 4180), in quotes where it needs them.
    ///
    /// Nothing else is changed; a cell that starts with `=` stays one, which a spreadsheet takes for a formula.
    public mutating func append(csvField text: String) {
        guard text.utf8.contains(where: Self.needsQuotes) || text.first == " " || text.last == " " else {
            return append(string: text)
        }
        bytes.append(CSV.quote)
        for byte in text.utf8 {
            if byte == CSV.quote { bytes.append(CSV.quote) }
            bytes.append(byte)
        }
        bytes.append(CSV.quote)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), CSV.quote, CSV.tab, CSV.lineFeed,
            CSV.carriageReturn:
            true
        default: false
        }
    }

    /// Writes a line of names, its line end included.
    @inlinable
    public mutating func append(csvHeader names: some Sequence<String>) {
        appendCells(names) { $0.append(csvField: $1) }
        append(byte: 0x0A)
    }

    /// Writes numbers with commas between them, without a line end.
    ///
    /// A number that is not finite becomes an empty cell.
    @inlinable
    public mutating func append(csvCells values: some Sequence<Float>) {
        appendCells(values) { writer, value in
            if value.isFinite { writer.append(float: value) }
        }
    }

    /// Writes a line of numbers, its line end included.
    @inlinable
    public mutating func append(csvRow values: some Sequence<Float>) {
        append(csvCells: values)
        append(byte: 0x0A)
    }

    @inlinable
    mutating func appendCells<Values: Sequence>(
        _ values: Values, _ appendCell: (inout ByteWriter, Values.Element) -> Void
    ) {
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendCell(&self, value)
        }
    }
}
