/// Whether the first record of a CSV body names the columns, and whether that is in doubt.
///
/// Names stand above numbers. A record whose coordinates are numbers is a point beside an identifier like those below
/// it, also when it counts: it names columns only where an option, a word or a column of numbers below gives it away.
struct CSVHeader: Sendable, Equatable {
    /// Whether the record names columns.
    let isThere: Bool
    /// Whether the user should be told how it was read.
    var isDoubtful = false

    private static let names = Self(isThere: true)
    private static let point = Self(isThere: false)

    /// Words that head a column of identifiers and identify no row, in lower case.
    private static let headings: Set<String> = [
        "id", "key", "name", "label", "index", "uid", "uuid", "row", "class", "date", "time", "timestamp",
    ]

    private init(isThere: Bool, isDoubtful: Bool = false) {
        self.isThere = isThere
        self.isDoubtful = isDoubtful
    }

    /// Compares the first of `records` with those below it.
    init(_ records: [CSVRecord], _ sample: [UInt8], _ options: DecodingOptions) {
        guard let first = records.first else {
            self = .point
            return
        }
        let cells = CSVFirstCells(first, sample, options)
        if cells.areAskedFor {
            self = .names
        } else if cells.contents.allSatisfy({ $0 == .number }) {
            // A point that is the very numbers the columns are called by is rarer than the names themselves.
            self = cells.areKnownNames ? Self(isThere: true, isDoubtful: true) : .point
        } else if options.continuedColumns != nil {
            self.init(isThere: cells.indices.contains { cells.contents[$0] == .text && cells.isCoordinate($0) })
        } else if cells.numbers.isEmpty {
            self.init(isThere: cells.contents.contains(.text))
        } else {
            self = Self.compare(cells, records.dropFirst(), sample)
        }
    }

    /// Looks at a record that holds numbers and other cells.
    private static func compare(
        _ first: CSVFirstCells, _ below: ArraySlice<CSVRecord>, _ sample: [UInt8]
    ) -> CSVHeader {
        let numbers = CSVNumberRun(first.numbers)
        if first.contents[0] == .missing, first.texts[0].isEmpty, numbers.isCount || numbers.isYears { return .names }
        var isAboveNumbers = false
        for index in first.indices where first.contents[index] == .text {
            let others = below.compactMap { index < $0.cells.count ? $0.cells[index].content(in: sample) : nil }
                .filter { $0 != .missing }
            if first.isCoordinate(index), others.first == .number { return .names }
            if headings.contains(first.texts[index].lowercased()) { return .names }
            if !others.isEmpty, others.allSatisfy({ $0 == .number }) { isAboveNumbers = true }
        }
        if isAboveNumbers {
            return numbers.areWhole
                ? Self(isThere: true, isDoubtful: !numbers.isRun) : Self(isThere: false, isDoubtful: true)
        }
        guard numbers.isRun, !first.isShaped(as: below.first, sample) else { return .point }
        // Years above what are none are names; what else counts may well be the numbers of a point.
        let isHeader = numbers.isYears && !below.isEmpty && !first.hasYears(below: below, sample)
        return Self(isThere: isHeader, isDoubtful: true)
    }
}

/// The cells of the first record, as far as it is asked whether they are names.
private struct CSVFirstCells {
    let texts: [String]
    let contents: [CSVCell.Content]
    /// The numbers among the cells.
    let numbers: [Double]
    private let options: DecodingOptions

    init(_ record: CSVRecord, _ sample: [UInt8], _ options: DecodingOptions) {
        self.options = options
        contents = record.cells.map { $0.content(in: sample) }
        texts = record.cells.map { String(decoding: $0.bytes(in: sample), as: UTF8.self) }
        numbers = zip(record.cells, contents).filter { $0.1 == .number }.map { CSV.number($0.0.bytes(in: sample)) }
    }

    var indices: Range<Int> { texts.indices }

    /// Whether the cells are names that the options ask for, or those of the points that these continue.
    var areAskedFor: Bool {
        let wanted = (options.columns ?? []) + (options.identifierColumn.map { [$0] } ?? [])
        let named = wanted.contains { selector in
            switch selector {
            case .name(let name): texts.contains(name)
            case .index(let index): index >= texts.count && texts.contains(String(index))
            }
        }
        if named { return true }
        return contents.contains { $0 != .number } && areKnownNames
    }

    /// Whether the names of the points that these continue, or are wanted first, are all among the cells.
    var areKnownNames: Bool {
        [options.preferredColumns, options.continuedColumns].contains { names in
            names.map { !$0.isEmpty && Set(texts).isSuperset(of: $0) } ?? false
        }
    }

    /// Whether a cell becomes a coordinate, as far as the options say.
    func isCoordinate(_ index: Int) -> Bool {
        guard options.identifierColumn != .index(index) else { return false }
        return options.columns.map { $0.contains(.index(index)) } ?? true
    }

    /// Whether a text with digits has the shape of that below it, as the identifiers of two rows do.
    func isShaped(as record: CSVRecord?, _ sample: [UInt8]) -> Bool {
        guard let record else { return false }
        return indices.contains { index in
            guard contents[index] == .text, index < record.cells.count else { return false }
            let shape = Self.shape(Array(texts[index].utf8))
            return shape.contains(UInt8(ascii: "0")) && shape == Self.shape(record.cells[index].bytes(in: sample))
        }
    }

    /// `text` with every run of digits as one `0` and every run of other letters as one `a`.
    private static func shape(_ text: [UInt8]) -> [UInt8] {
        var shape: [UInt8] = []
        for byte in text {
            let kind: UInt8 =
                switch byte {
                case 0x30...0x39: UInt8(ascii: "0")
                case 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: UInt8(ascii: "a")
                default: byte
                }
            if shape.last != kind || kind == byte && kind != UInt8(ascii: "0") { shape.append(kind) }
        }
        return shape
    }

    /// Whether a number of a row below stands in a column of numbers and may be a year.
    func hasYears(below: ArraySlice<CSVRecord>, _ sample: [UInt8]) -> Bool {
        below.contains { record in
            zip(record.cells, contents).contains {
                $0.1 == .number && CSVNumberRun.years.contains(CSV.number($0.0.bytes(in: sample)))
            }
        }
    }
}

/// The numbers of a first record, which may be names.
private struct CSVNumberRun {
    /// What may be a year.
    static let years = 1_800.0...2_199.0

    /// Whether they are whole numbers.
    let areWhole: Bool
    /// Whether they are whole and go on in equal steps upwards: two by one, more by any.
    let isRun: Bool
    /// Whether they are such a run of years.
    let isYears: Bool
    /// Whether they are 0, 1, 2… or 1, 2, 3….
    let isCount: Bool

    init(_ numbers: [Double]) {
        areWhole = numbers.allSatisfy { $0 == $0.rounded() }
        let step = numbers.count > 1 ? numbers[1] - numbers[0] : 0
        isRun =
            areWhole && step > 0 && (numbers.count > 2 || step == 1)
            && zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 == step }
        isYears = isRun && numbers.allSatisfy(Self.years.contains)
        isCount = CSVDialect.counts(numbers)
    }
}
