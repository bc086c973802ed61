extension CSVRows {
    /// Ends a row of which something is wrong, or that comes behind something wrong.
    @inline(never)
    mutating func endDoubtfulRow(_ byte: Int, _ block: inout RowBlock) throws(FormatError) {
        if let blank = blankLine, start.width == 1 {
            note("an empty line between the numbers", line: blank, fix: "Fill in the number or take the line out.")
        }
        blankLine = nil
        if cellIndex != start.width {
            note(
                "\(ErrorText.counted(cellIndex, "cell")) instead of \(start.width)", line: rowLine,
                fix: start.names == nil
                    ? "Every line needs as many cells as the first one." : "Every line needs a cell for each name.")
        }
        if problems.isEmpty {
            block.endRow()
        } else {
            block.dropRow()
            try problems.check(at: byte)
        }
    }

    /// Notes that the cell that ends now is no number.
    mutating func noteCell(_ content: ArraySlice<UInt8>, _ value: Double) {
        guard !problems.isFull else { return }
        let text = ErrorText.quoted(content)
        let leaveOut = "Mend the cell, or name the columns to use with columns."
        let truthValues = "Write truth values as 1 and 0, or name the columns to use with columns."
        if isOverlong {
            note("\(text) is longer than any number", isCell: true, fix: leaveOut)
        } else if content.isEmpty {
            note("the cell is empty", isCell: true, fix: "Fill it in, or leave the row or the column out.")
        } else if value.isInfinite {
            note(
                "\(text) is too large for a \(8 * start.numberType.size)-bit number", isCell: true,
                fix: "Scale the column down.")
        } else if CSV.isMissing(content) {
            note("\(text) is not a finite number", isCell: true, fix: "Fill it in, or leave the row or the column out.")
        } else if CSV.hasThousands(content) {
            note(
                "\(text) has commas", isCell: true,
                fix: "Write numbers with a decimal point and without separators of thousands: 1234.5.")
        } else if CSV.isDecimalComma(content) {
            note("\(text) has a decimal comma", isCell: true, fix: "Write numbers with a decimal point.")
        } else {
            note("\(text) is not a number", isCell: true, fix: CSV.isTruthValue(content) ? truthValues : leaveOut)
        }
    }

    /// Notes that the identifier that ends now cannot be one.
    mutating func noteIdentifier(_ content: ArraySlice<UInt8>) {
        if isOverlong {
            note(
                "the id \(ErrorText.quoted(content)) is longer than \(RowIdentifiers.longest) bytes", isCell: true,
                fix: "Shorten it, or choose another id_column.")
        } else {
            note(
                "the id \(ErrorText.quoted(content)) is not valid UTF-8", isCell: true,
                fix: "Save the file as UTF-8, such as with: iconv -f LATIN1 -t UTF-8.")
        }
    }

    private mutating func note(_ detail: String, line: Int? = nil, isCell: Bool = false, fix: String) {
        problems.note(place(detail, line ?? cellLine, isCell: isCell), fix: fix)
    }

    /// An error at the cell being read.
    func problem(_ detail: String, at line: Int, code: FormatError.Code, fix: String) -> FormatError {
        let place = place(detail, line, isCell: true)
        return FormatError(code: code, detail: "\(place.located). \(fix)", places: [place])
    }

    private func place(_ detail: String, _ line: Int, isCell: Bool) -> FormatError.Place {
        guard isCell else { return FormatError.Place(line: line, row: row, detail: detail) }
        let name = start.names.flatMap { cellIndex < $0.count ? $0[cellIndex] : nil }
        return FormatError.Place(line: line, column: cellIndex + 1, row: row, name: name, detail: detail)
    }
}

extension CSV {
    /// Whether `cell` is a number with commas between groups of three digits, such as `1,234,567.8`; one group, as in
    /// `1,000`, may also be a decimal comma.
    static func hasThousands(_ cell: ArraySlice<UInt8>) -> Bool {
        let unsigned = cell.first == UInt8(ascii: "-") || cell.first == UInt8(ascii: "+") ? cell.dropFirst() : cell
        let whole = unsigned.prefix { $0 != UInt8(ascii: ".") }
        let groups = whole.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard groups.count > 1, (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return false }
        return !number(cell.filter { $0 != UInt8(ascii: ",") }).isNaN
    }

    /// Whether `cell` says true or false.
    static func isTruthValue(_ cell: ArraySlice<UInt8>) -> Bool {
        ["true", "false"].contains(String(decoding: cell, as: UTF8.self).lowercased())
    }

    /// Whether `cell` would be a number if its one comma were a point.
    static func isDecimalComma(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count(where: { $0 == UInt8(ascii: ",") }) == 1 else { return false }
        return !number(cell.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }).isNaN
    }
}
