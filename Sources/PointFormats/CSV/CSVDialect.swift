/// What stands between the cells of a CSV body, and whether it starts with names.
struct CSVDialect: Sendable, Equatable {
    var delimiter: UInt8
    var hasHeader: Bool
    /// Whether the first record might be the other thing.
    var isHeaderDoubtful = false

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
        switch options.header {
        case .present: hasHeader = true
        case .absent: hasHeader = false
        case .automatic:
            let header = CSVHeader(records(delimiter), sample, options)
            hasHeader = header.isThere
            isHeaderDoubtful = header.isDoubtful
        }
    }

    /// The first delimiter that cuts every record into the same number of cells, at least 2.
    ///
    /// Tabs that cut most records are the delimiter in any case: runs of them are empty cells, which spaces would swallow.
    /// Without one, the delimiter that cuts most records at all, so that ragged rows are reported as such; spaces only
    /// when they cut more than half of them, since they stand in names as well.
    private static func delimiter(_ records: (UInt8) -> [CSVRecord]) -> UInt8 {
        var best = UInt8(ascii: ",")
        var mostCut = 0
        for candidate in delimiters {
            let widths = records(candidate).map(\.cells.count)
            let cut = widths.count { $0 > 1 }
            if cut > 0, cut == widths.count, Set(widths).count == 1 { return candidate }
            if candidate == CSV.tab, 2 * cut > widths.count { return candidate }
            if cut > mostCut, candidate != CSV.space || 2 * cut > widths.count {
                best = candidate
                mostCut = cut
            }
        }
        return best
    }

    /// Whether `numbers` are 0, 1, 2… or 1, 2, 3…, at least two of them.
    static func counts(_ numbers: [Double]) -> Bool {
        guard let first = numbers.first, numbers.count > 1, first == 0 || first == 1 else { return false }
        return zip(numbers, 0...).allSatisfy { $0 == first + Double($1) }
    }
}
