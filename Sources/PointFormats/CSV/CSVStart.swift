/// What the first lines of a CSV body decide for all others.
struct CSVStart: Sendable {
    let delimiter: UInt8
    /// The number of cells of every row.
    let width: Int
    /// The names of all columns, if the first record holds names.
    let names: [String]?
    let plan: ColumnPlan
    /// Where the rows start, and the physical line they start on.
    let offset: Int
    let line: Int
    /// Whether a line feed at `offset` belongs to the line end in front of it.
    let isBehindCarriageReturn: Bool
    let warnings: [String]
    /// The type that numbers are read as.
    let numberType: NumberType

    /// Decides.
    ///
    /// - Parameter isWhole: whether the body ends with the sample.
    init(sample: CSVSample, isWhole: Bool, options: DecodingOptions) throws(FormatError) {
        numberType = options.numberType
        var options = options
        var bytes = sample.bytes
        let hasMark = bytes.starts(with: Sniffer.byteOrderMark)
        // Blanks instead of the mark: they mean nothing in front of a cell, and offsets stay what they are.
        if hasMark { bytes.replaceSubrange(0..<3, with: [CSV.space, CSV.space, CSV.space]) }
        let hint = Self.delimiterHint(bytes)
        if let hint {
            options.delimiter = options.delimiter ?? hint.delimiter
            bytes.replaceSubrange(0..<hint.length - 1, with: repeatElement(CSV.space, count: hint.length - 1))
        }
        let skipped = hint?.length ?? (hasMark ? 3 : 0)
        if isWhole, bytes.allSatisfy(Sniffer.isBlank) { throw .empty }
        let dialect = CSVDialect(sample: bytes, isWhole: isWhole, options: options)
        delimiter = dialect.delimiter
        let limit = options.maximumColumns
        let first = CSVRecord.first(
            1, of: bytes, delimiter: delimiter, isWhole: isWhole, maximumCells: limit
        ).first
        guard let first else {
            if isWhole { throw .empty }
            throw Self.tooLong(bytes, sample, delimiter, options)
        }
        width = first.cells.count
        if !sample.hasLineEnd { try Self.checkSingleLine(first, bytes, options) }
        guard width <= limit else {
            throw Self.tooWide(line: first.line, limit, isOneLine: !sample.hasLineEnd)
        }
        names = dialect.hasHeader ? try Self.names(first, bytes) : nil
        plan = try ColumnPlan(options, names: names, width: width, line: first.line)
        offset = dialect.hasHeader ? first.end : skipped
        line = dialect.hasHeader ? first.nextLine : hint == nil ? 1 : 2
        isBehindCarriageReturn = offset > 0 && bytes[offset - 1] == CSV.carriageReturn
        warnings = Self.warnings(first, bytes, dialect, options, plan) + plan.renaming(names)
    }

    /// The delimiter that a first line such as `sep=;` names, which Excel wants, and how long that line is; a line feed
    /// behind its carriage return is not counted.
    private static func delimiterHint(_ bytes: [UInt8]) -> (delimiter: UInt8, length: Int)? {
        let line = bytes.prefix { $0 != CSV.lineFeed && $0 != CSV.carriageReturn }
        let hint = line.drop { $0 == CSV.space }
        guard hint.count == 5, hint.starts(with: Array("sep=".utf8)), line.count < bytes.count,
            let delimiter = hint.last, CSVDialect.delimiters.contains(delimiter)
        else { return nil }
        return (delimiter, line.count + 1)
    }

    /// The names of the coordinates.
    var selectedNames: [String]? { plan.select(names) }

    /// The name of the column that identifies the rows.
    var identifierName: String? { plan.identifierName(names) }

    /// The error of a body that ends behind its header.
    var noRows: FormatError {
        guard let names else { return .noRows }
        return FormatError(
            code: .noRows,
            detail: "no rows: there is only the header \(ErrorText.list(names)). Send at least one row of numbers, "
                + "or header=absent when that line is a point.",
            places: [.init(line: line, detail: "no row behind the header")])
    }

    private static func names(_ record: CSVRecord, _ sample: [UInt8]) throws(FormatError) -> [String] {
        var names: [String] = []
        for (index, cell) in record.cells.enumerated() {
            let bytes = cell.bytes(in: sample)
            guard cell.isClosed else {
                let place = FormatError.Place(
                    line: record.line, column: index + 1,
                    detail: "the quotes of the name \(ErrorText.quoted(bytes)) do not close it")
                throw FormatError(
                    code: .malformed,
                    detail: "\(place.located). Put the whole name in quotes, and write a quote inside it twice.",
                    places: [place])
            }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let place = FormatError.Place(
                    line: record.line, column: index + 1,
                    detail: "the name \(ErrorText.quoted(bytes)) is not valid UTF-8")
                throw FormatError(
                    code: .malformed,
                    detail: "\(place.located). Save the file as UTF-8, such as with: iconv -f LATIN1 -t UTF-8.",
                    places: [place])
            }
            names.append(name)
        }
        return names
    }

    private static func warnings(
        _ first: CSVRecord, _ sample: [UInt8], _ dialect: CSVDialect, _ options: DecodingOptions, _ plan: ColumnPlan
    ) -> [String] {
        var warnings: [String] = []
        if dialect.hasHeader, first.cells.count > 1, first.cells[0].range.isEmpty, plan.slot(0) == 0,
            options.columns == nil
        {
            warnings.append(
                "The first column has no name and was used as a coordinate; if it is an index, leave it out with columns."
            )
        }
        if !dialect.hasHeader, options.header == .automatic, first.cells.count > 1,
            first.cells.allSatisfy({ $0.content(in: sample) == .number }),
            CSVDialect.counts(first.cells.map { CSV.number($0.bytes(in: sample)) })
        {
            warnings.append(
                "The first line only counts and was read as a point; if it holds names, say header=present.")
        }
        if dialect.isHeaderDoubtful {
            warnings.append(
                dialect.hasHeader
                    ? "The first line was read as names although it holds numbers; if it is a point, say header=absent."
                    : "The numbers of the first line may be names and were read as a point; if they are names, say "
                        + "header=present.")
        }
        return warnings
    }
}

extension CSVStart {
    /// Refuses a body of one line that was many lines once.
    ///
    /// Two numbers that run into each other (`0.51.3`) give it away. In a form-encoded body, names and numbers on one
    /// line do, too, as they do in a line of more cells than there may be.
    private static func checkSingleLine(
        _ record: CSVRecord, _ sample: [UInt8], _ options: DecodingOptions
    ) throws(FormatError) {
        let isTooWide = record.cells.count > options.maximumColumns
        var hasText = false
        var hasNumber = false
        for cell in record.cells {
            switch cell.content(in: sample) {
            case .number: hasNumber = true
            case .missing: break
            case .text:
                hasText = true
                if isRunTogether(cell.bytes(in: sample)) { throw .lineEndsStripped }
            }
        }
        if isTooWide || options.formEncodedHint, hasText, hasNumber { throw .lineEndsStripped }
    }

    /// Whether `cell` consists of the characters of numbers but is two of them, such as `0.51.3` or `2.5-1`.
    private static func isRunTogether(_ cell: [UInt8]) -> Bool {
        let points = cell.count { $0 == UInt8(ascii: ".") }
        let signs = cell.dropFirst().count { $0 == UInt8(ascii: "-") }
        return points > 0 && points + signs > 1 && cell.contains { $0 >= 0x30 && $0 <= 0x39 }
            && cell.allSatisfy { Array("0123456789.+-eE".utf8).contains($0) }
    }

    /// - Parameter isOneLine: whether no line end was seen, so that there may have been more once.
    private static func tooWide(line: Int, _ limit: Int, isOneLine: Bool) -> FormatError {
        let once = isOneLine ? " If it was many lines once, send the file with: curl --data-binary @file." : ""
        return FormatError(
            code: .tooLarge, detail: "line \(line) has more than \(limit) columns. Send fewer of them.\(once)",
            places: [.init(line: line, detail: "more than \(limit) columns")])
    }

    private static func tooLong(
        _ bytes: [UInt8], _ sample: CSVSample, _ delimiter: UInt8, _ options: DecodingOptions
    ) -> FormatError {
        let limit = options.maximumColumns
        let cells = CSVRecord.first(1, of: bytes, delimiter: delimiter, isWhole: true, maximumCells: limit).first?.cells
        if !sample.hasLineEnd, let cells, cells.count > limit {
            // Many lines on one, or one line of too many cells.
            guard !cells.contains(where: { isRunTogether($0.bytes(in: bytes)) }) else {
                return .lineEndsStripped
            }
            return tooWide(line: 1, limit, isOneLine: true)
        }
        return FormatError(
            code: .tooLarge,
            detail: "the first row is longer than \(bytes.count) bytes. Send rows of at most \(limit) columns, with a "
                + "line end behind each.",
            places: [.init(line: 1, byte: bytes.count, detail: "no end of the row up to here")])
    }
}
