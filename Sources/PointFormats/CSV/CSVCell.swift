/// A cell of a CSV record in memory, where it stands and what it looks like.
struct CSVCell: Sendable {
    /// The bytes between the quotes, or the unquoted bytes without blanks around them.
    let range: Range<Int>
    /// Whether the cell was quoted.
    let isQuoted: Bool
    /// Whether a cell that was quoted ends with its closing quote.
    var isClosed = true

    /// What a cell holds, as far as headers and delimiters are concerned.
    enum Content {
        /// A number, finite or not.
        case number
        /// Nothing, or a word that stands for a number that is missing or not finite.
        case missing
        /// Anything else.
        case text
    }

    /// The bytes with doubled quotes made single.
    func bytes(in sample: [UInt8]) -> [UInt8] {
        let raw = sample[range]
        guard isQuoted, raw.contains(CSV.quote) else { return Array(raw) }
        var bytes: [UInt8] = []
        var isSecond = false
        for byte in raw {
            isSecond = byte == CSV.quote && !isSecond
            if !isSecond { bytes.append(byte) }
        }
        return bytes
    }

    /// What the cell holds.
    func content(in sample: [UInt8]) -> Content {
        CSV.content(bytes(in: sample))
    }
}

/// The bytes and the words that mean something in CSV.
enum CSV {
    static let quote = UInt8(ascii: "\"")
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    /// Words that programs write for numbers that are missing or not finite, in lower case.
    private static let missingWords: Set<String> = [
        "", "na", "n/a", "nan", "null", "nil", "none", "-", "?", "inf", "infinity", "#n/a", "#div/0!", "#value!",
    ]

    /// The number that `cell` is, without blanks around it, as `type` has it; not-a-number when it is none.
    static func number(_ cell: some Collection<UInt8>, _ type: NumberType = .float32) -> Double {
        guard cell.count <= Decimal.longest else { return .nan }
        return cell.withContiguousStorageIfAvailable { number(bytes: $0, type) }
            ?? Array(cell).withUnsafeBufferPointer { number(bytes: $0, type) }
    }

    private static func number(bytes cell: UnsafeBufferPointer<UInt8>, _ type: NumberType) -> Double {
        guard var cursor = cell.baseAddress else { return .nan }
        let end = cursor + cell.count
        let value = Decimal.parse(&cursor, end, .lenient, type)
        return cursor == end ? value : .nan
    }

    /// What `cell` holds.
    static func content(_ cell: [UInt8]) -> CSVCell.Content {
        if !number(cell).isNaN { return .number }
        return isMissing(cell) ? .missing : .text
    }

    /// Whether `cell` is empty or a word for a number that is missing or not finite.
    static func isMissing(_ cell: some Collection<UInt8>) -> Bool {
        guard cell.count <= 12 else { return false }
        let word = String(decoding: cell, as: UTF8.self).lowercased()
        return missingWords.contains(word.first == "-" || word.first == "+" ? String(word.dropFirst()) : word)
    }

    /// Whether `byte` is a space or a tab, and not what stands between the cells.
    @inline(__always)
    static func isBlank(_ byte: UInt8, _ delimiter: UInt8) -> Bool {
        (byte == space || byte == tab) && byte != delimiter
    }
}
