/// What stands between the cells of a CSV body, and whether it starts with names.
struct CSVDialect: Sendable, Equatable {
    var delimiter: UInt8
    var hasHeader: Bool

    /// The delimiters that are detected, those first that seldom stand inside a cell.
    static let delimiters = Array("\t;,| ".utf8)

    /// How many records are looked at.
    static let sampledRecords = 8

    /// Finds out from a body's first lines.
    init(sample: [UInt8], isWhole: Bool, options: DecodingOptions) {
        let records = { (delimiter: UInt8) in
            CSVRecord.first(
                Self.sampledRecords, of: sample, delimiter: delimiter, isWhole: isWhole,
                maximumCells: options.maximumColumns)
        }
        delimiter = options.delimiter ?? Self.delimiter(records)
        hasHeader =
            switch options.header {
            case .present: true
            case .absent: false
            case .automatic: Self.hasHeader(records(delimiter), sample)
            }
    }

    /// The first delimiter that cuts every record into the same number of cells, at least 2.
    ///
    /// Without one, the delimiter that cuts most records at all, so that ragged rows are reported as such; spaces only
    /// when they cut more than half of them, since they stand in names as well.
    private static func delimiter(_ records: (UInt8) -> [CSVRecord]) -> UInt8 {
        var best = UInt8(ascii: ",")
        var mostCut = 0
        for candidate in delimiters {
            let widths = records(candidate).map(\.cells.count)
            let cut = widths.count { $0 > 1 }
            if cut > 0, cut == widths.count, Set(widths).count == 1 { return candidate }
            if cut > mostCut, candidate != CSV.space || 2 * cut > widths.count {
                best = candidate
                mostCut = cut
            }
        }
        return best
    }

    /// Whether the first record names columns.
    ///
    /// It does when text stands above a number; when it holds text and no number; or when its numbers only count, from 0
    /// or 1, as in pandas' `,0,1,2`. It does not when text stands above text and numbers above numbers.
    private static func hasHeader(_ records: [CSVRecord], _ sample: [UInt8]) -> Bool {
        guard let first = records.first else { return false }
        let contents = first.cells.map { $0.content(in: sample) }
        guard contents.contains(where: { $0 != .number }) else { return false }
        let numbers = zip(first.cells, contents).filter { $0.1 == .number }.map { CSV.number(sample[$0.0.range]) }
        if numbers.isEmpty { return contents.contains(.text) }
        if counts(numbers) { return true }
        guard records.count > 1 else { return false }
        return zip(contents, records[1].cells).contains { $0.0 == .text && $0.1.content(in: sample) == .number }
    }

    /// Whether `numbers` are 0, 1, 2… or 1, 2, 3…, at least two of them.
    static func counts(_ numbers: [Double]) -> Bool {
        guard let first = numbers.first, numbers.count > 1, first == 0 || first == 1 else { return false }
        return zip(numbers, 0...).allSatisfy { $0 == first + Double($1) }
    }
}
