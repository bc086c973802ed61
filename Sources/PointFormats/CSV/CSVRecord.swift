/// A record of a CSV body whose start is in memory: the header, and what the delimiter is told by.
struct CSVRecord: Sendable {
    /// The cells; at most one more than asked for.
    var cells: [CSVCell] = []
    /// The physical line that the record starts on, from 1.
    var line: Int
    /// Where the next record starts.
    var end = 0
    /// How many physical lines the record and the blank lines in front of it take.
    var nextLine = 1

    /// The first records of `sample`, blank lines left out.
    ///
    /// - Parameters:
    ///   - delimiter: the byte between two cells; a space stands for any run of spaces and tabs.
    ///   - isWhole: whether the body ends with the sample; otherwise a record that is cut off is left out.
    ///   - maximumCells: how many cells of a record are told apart.
    static func first(
        _ limit: Int, of sample: [UInt8], delimiter: UInt8, isWhole: Bool, maximumCells: Int
    ) -> [CSVRecord] {
        var scanner = CSVRecordScanner(sample: sample, delimiter: delimiter, maximumCells: maximumCells)
        var records: [CSVRecord] = []
        while records.count < limit, let record = scanner.next() {
            if scanner.isCutOff && !isWhole { break }
            records.append(record)
        }
        return records
    }
}

/// Walks over the records of a sample.
struct CSVRecordScanner {
    let sample: [UInt8]
    let delimiter: UInt8
    let maximumCells: Int
    private var index = 0
    private var line = 1
    /// Whether the record last returned ends with the sample and not with a line end.
    private(set) var isCutOff = false

    init(sample: [UInt8], delimiter: UInt8, maximumCells: Int) {
        self.sample = sample
        self.delimiter = delimiter
        self.maximumCells = maximumCells
    }

    private var merges: Bool { delimiter == CSV.space }

    /// The next record that is not blank.
    mutating func next() -> CSVRecord? {
        while index < sample.count {
            var record = CSVRecord(line: line)
            isCutOff = true
            var isOpen = true
            while isOpen { isOpen = nextCell(of: &record) }
            record.end = index
            record.nextLine = line
            if !record.cells.isEmpty { return record }
        }
        return nil
    }

    /// Reads a cell and what ends it.
    ///
    /// - Returns: whether another cell follows in the record.
    private mutating func nextCell(of record: inout CSVRecord) -> Bool {
        skipBlanks()
        if index == sample.count || isLineEnd(sample[index]) {
            // Behind a delimiter an empty cell ends the line; alone it is a blank line.
            if !merges, !record.cells.isEmpty { append(CSVCell(range: index..<index, isQuoted: false), to: &record) }
            return endLine()
        }
        append(sample[index] == CSV.quote ? quotedCell() : plainCell(), to: &record)
        if merges {
            skipBlanks()
            return index < sample.count && !isLineEnd(sample[index]) ? true : endLine()
        }
        guard index < sample.count, sample[index] == delimiter else { return endLine() }
        index += 1
        return true
    }

    private func append(_ cell: CSVCell, to record: inout CSVRecord) {
        if record.cells.count <= maximumCells { record.cells.append(cell) }
    }

    private mutating func plainCell() -> CSVCell {
        let start = index
        while index < sample.count, !isEnd(sample[index]) { index += 1 }
        var end = index
        while end > start, CSV.isBlank(sample[end - 1], delimiter) { end -= 1 }
        return CSVCell(range: start..<end, isQuoted: false)
    }

    private mutating func quotedCell() -> CSVCell {
        index += 1
        let start = index
        var end = sample.count
        while index < sample.count {
            let byte = sample[index]
            if byte == CSV.quote {
                guard index + 1 < sample.count, sample[index + 1] == CSV.quote else {
                    end = index
                    break
                }
                index += 1
            } else if byte == CSV.lineFeed || (byte == CSV.carriageReturn && !isFollowedByLineFeed) {
                line += 1
            }
            index += 1
        }
        var isClosed = index < sample.count
        index = min(index + 1, sample.count)
        while index < sample.count, !isEnd(sample[index]) {
            if !CSV.isBlank(sample[index], delimiter) { isClosed = false }
            index += 1
        }
        return CSVCell(range: start..<end, isQuoted: true, isClosed: isClosed)
    }

    private mutating func endLine() -> Bool {
        if index < sample.count {
            if sample[index] == CSV.carriageReturn, isFollowedByLineFeed { index += 1 }
            index += 1
            line += 1
            isCutOff = false
        }
        return false
    }

    private mutating func skipBlanks() {
        while index < sample.count, sample[index] == CSV.space || sample[index] == CSV.tab {
            guard merges || sample[index] != delimiter else { return }
            index += 1
        }
    }

    private var isFollowedByLineFeed: Bool { index + 1 < sample.count && sample[index + 1] == CSV.lineFeed }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == CSV.lineFeed || byte == CSV.carriageReturn }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || isLineEnd(byte) || (merges && byte == CSV.tab)
    }
}
