/// The machine that reads CSV rows behind the header, in any pieces.
///
/// Most cells are numbers that lie in one piece: `readNumbers` takes those where they are. All others go through `step`,
/// which collects a cell in `cell` until its end.
struct CSVRows: Sendable {
    /// Where in a cell the machine is.
    enum Mode: Sendable {
        /// In front of the cell's first byte.
        case start
        /// In a cell without quotes.
        case plain
        /// Between the quotes.
        case quoted
        /// Behind a quote that closes the cell unless another one follows.
        case closing
        /// Behind the closing quote.
        case closed
    }

    let start: CSVStart
    let delimiter: UInt8
    /// Whether any run of spaces and tabs separates two cells.
    let merges: Bool

    var mode = Mode.start
    /// The index in its row of the cell that is being read or comes next.
    var cellIndex = 0
    /// The content so far of a cell that is collected.
    var cell: [UInt8] = []
    /// Whether bytes of the cell were left out because it is too long for a number.
    var isOverlong = false
    /// The physical line of the byte that comes next.
    var line: Int
    /// The line that the cell being collected starts on.
    var cellLine = 0
    var rowLine = 0
    /// Whether the last byte was a carriage return that ended a line.
    var isBehindCarriageReturn: Bool
    /// The index of the row being read, wrong ones counted.
    var row = 0
    /// The last blank line; with one column it may be a number that is missing.
    var blankLine: Int?
    var problems = ProblemLog()
    /// How many rows in a run were looked at as plain ones in vain.
    var plainMisses = 0
    /// The offset in the body of the end of the piece being read.
    var pieceEnd: Int

    init(_ start: CSVStart) {
        self.start = start
        delimiter = start.delimiter
        merges = delimiter == CSV.space
        line = start.line
        isBehindCarriageReturn = start.isBehindCarriageReturn
        pieceEnd = start.offset
    }

    /// Reads until the bytes end or the block is full.
    ///
    /// - Returns: how many bytes were read.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into block: inout RowBlock
    ) throws(FormatError) -> Int {
        guard let first = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        let end = first + bytes.count
        pieceEnd += bytes.count
        var p = first
        while p < end && !block.isFull {
            if mode == .start, !isBehindCarriageReturn {
                readPlainRows(&p, end, &block)
                if p == end || block.isFull { break }
                let first = p
                try readNumbers(&p, end, &block)
                if p == end || block.isFull { break }
                // A row that was cut is over; the next may be a plain one.
                if p > first, takesPlainRows, !isBehindCarriageReturn { continue }
            }
            try step(&p, end, &block)
        }
        pieceEnd -= end - p
        return p - first
    }

    /// Ends the last row, which needs no line end.
    mutating func finish(into block: inout RowBlock) throws(FormatError) {
        switch mode {
        case .start:
            if cellIndex > 0 {
                cellLine = line
                if !merges { endCell(&block) }
                try endRow(pieceEnd, &block)
            }
        case .plain, .closing, .closed:
            endCell(&block)
            try endRow(pieceEnd, &block)
        case .quoted:
            throw problem(
                "the quote that opens this cell is never closed", at: cellLine, code: .malformed,
                fix: "Close it, and write a quote inside a cell twice.")
        }
        try problems.checkAtEnd()
    }

    /// Reads cells for as long as they are plain numbers that end in this piece, and leaves `p` at a cell's start.
    private mutating func readNumbers(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        let takesAll = start.plan.dimension == nil
        let width = start.width
        let delimiter = delimiter
        while p < end {
            var cursor = p
            while cursor < end, cursor.pointee == CSV.space { cursor += 1 }
            let slot = takesAll ? cellIndex : start.plan.slot(cellIndex)
            // An identifier is collected as text.
            if slot == ColumnPlan.identifier { return }
            var value = 0.0
            if slot == ColumnPlan.skipped {
                guard cursor < end, cursor.pointee != CSV.quote, cursor.pointee != CSV.tab else { return }
                let content = cursor
                while cursor < end, !isCellEnd(cursor.pointee) { cursor += 1 }
                // Nothing in front of a line end may be a blank line.
                guard cursor < end, cursor > content || cursor.pointee == delimiter else { return }
            } else {
                let isQuoted = cursor < end && cursor.pointee == CSV.quote
                if isQuoted { cursor += 1 }
                value = Decimal.parse(&cursor, end, .lenient, start.numberType)
                if isQuoted {
                    guard cursor < end, cursor.pointee == CSV.quote else { return }
                    cursor += 1
                }
                guard value.isFinite, cursor - p <= Decimal.longest else { return }
            }
            guard cursor < end else { return }
            let byte = cursor.pointee
            guard byte == delimiter || byte == CSV.lineFeed || byte == CSV.carriageReturn else { return }
            if takesAll {
                if slot < width { block.append(value) }
            } else if slot != ColumnPlan.skipped {
                store(value, slot, &block)
            }
            if cellIndex == 0 { rowLine = line }
            cellIndex += 1
            p = cursor + 1
            guard byte != delimiter else { continue }
            line += 1
            if byte == CSV.carriageReturn {
                isBehindCarriageReturn = p == end
                if p < end, p.pointee == CSV.lineFeed { p += 1 }
            }
            try endRow(pieceEnd - (end - p), &block)
            if block.isFull || isBehindCarriageReturn || takesPlainRows { return }
        }
    }

    @inline(__always)
    func isCellEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == CSV.lineFeed || byte == CSV.carriageReturn || (merges && byte == CSV.tab)
    }

    @inline(__always)
    func store(_ value: Double, _ slot: Int, _ block: inout RowBlock) {
        guard let dimension = start.plan.dimension else {
            if slot < start.width { block.append(value) }
            return
        }
        if block.count == block.rowStart { block.beginRow(dimension: dimension) }
        block.set(slot, value)
    }
}
