/// Reads CSV: holds the first lines back until they tell the dialect, then reads them and all others cell by cell.
struct CSVDecoder: FormatDecoder {
    private let options: DecodingOptions
    private var sample = CSVSample()
    /// How much of the sample was read as rows.
    private var replayed = 0
    private var rows: CSVRows?
    private var start: CSVStart?

    init(options: DecodingOptions) { self.options = options }

    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into block: inout RowBlock
    ) throws(FormatError) -> Int {
        var taken = 0
        if rows == nil {
            taken = sample.take(bytes, limit: Self.sampleLimit(options))
            guard sample.isComplete else { return taken }
            try begin(isWhole: false)
        }
        guard try replay(into: &block) else { return taken }
        return taken + (try rows?.decode(UnsafeRawBufferPointer(rebasing: bytes[taken...]), into: &block) ?? 0)
    }

    mutating func finish(into block: inout RowBlock) throws(FormatError) -> Bool {
        if rows == nil { try begin(isWhole: true) }
        guard try replay(into: &block) else { return false }
        try rows?.finish(into: &block)
        if block.rowCount == 0 { throw start?.noRows ?? .noRows }
        return true
    }

    func summary(rows: Int, dimension: Int) -> DecodedSummary {
        DecodedSummary(
            format: .csv,
            schema: PointSchema(
                columns: start?.selectedNames, dimension: dimension, identifier: start?.identifierName),
            rows: rows, warnings: start?.warnings ?? [], isExact: false,
            suspectsStrippedLineEnds: options.formEncodedHint && rows == 1 && !sample.hasLineEnd)
    }

    /// Enough for a line of as many cells as there may be, 64 bytes each.
    private static func sampleLimit(_ options: DecodingOptions) -> Int { max(1 << 16, 64 * options.maximumColumns) }

    private mutating func begin(isWhole: Bool) throws(FormatError) {
        let start = try CSVStart(sample: sample, isWhole: isWhole, options: options)
        self.start = start
        rows = CSVRows(start)
        replayed = start.offset
    }

    /// Reads what the sample still holds back.
    ///
    /// - Returns: whether it is all read; not so when the block is full.
    private mutating func replay(into block: inout RowBlock) throws(FormatError) -> Bool {
        guard replayed < sample.bytes.count, var rows else { return true }
        self.rows = nil
        let from = replayed
        replayed += try sample.bytes.withUnsafeBufferPointer { bytes throws(FormatError) in
            try rows.decode(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[from...])), into: &block)
        }
        self.rows = rows
        guard replayed == sample.bytes.count else { return false }
        sample.removeBytes()
        replayed = 0
        return !block.isFull
    }
}

/// The first lines of a CSV body: 8 of them, or less when they are long.
struct CSVSample: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether enough was taken.
    private(set) var isComplete = false
    /// Whether a line end was seen.
    private(set) var hasLineEnd = false
    private var lines = 0
    private var isLineBlank = true

    /// Takes bytes up to the end of the 8th line that is not blank.
    ///
    /// - Returns: how many were taken; which ones does not depend on how the body was cut.
    mutating func take(_ piece: UnsafeRawBufferPointer, limit: Int) -> Int {
        var taken = 0
        for byte in piece where !isComplete {
            taken += 1
            bytes.append(byte)
            if byte == CSV.lineFeed || byte == CSV.carriageReturn {
                hasLineEnd = true
                if !isLineBlank { lines += 1 }
                isLineBlank = true
            } else if byte != CSV.space && byte != CSV.tab {
                isLineBlank = false
            }
            isComplete = lines == CSVDialect.sampledRecords || bytes.count == limit
        }
        return taken
    }

    /// Gives the memory back once the bytes are read.
    mutating func removeBytes() { bytes = [] }
}
