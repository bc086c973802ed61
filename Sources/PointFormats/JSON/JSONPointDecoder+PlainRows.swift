extension JSONPointDecoder {
    /// Reads rows for as long as they are arrays of plain numbers that lie in this piece as a whole.
    ///
    /// Almost all rows of almost all bodies are; they go past the tokenizer, which is told where the reading stopped:
    /// behind the bracket that opens a row, or behind one that closes a row.
    mutating func readPlainRows(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) {
        guard tokenizer.expectation == .elementOrEnd, tokenizer.partial == .none, let width = rows.plainWidth else {
            return
        }
        switch options.numberType {
        case .float32: readPlainRows(&p, end, &block, width, as: Float.self)
        case .float64: readPlainRows(&p, end, &block, width, as: Double.self)
        }
    }

    private mutating func readPlainRows<Scalar: DecimalScalar>(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock, _ width: Int,
        as: Scalar.Type
    ) {
        var reader = PlainRowReader(p, end, line: tokenizer.line, isDocument: shape == .document)
        let room = block.room(dimension: width)
        withUnsafeTemporaryAllocation(of: Scalar.self, capacity: room * width) { numbers in
            guard let first = numbers.baseAddress else { return }
            while reader.count < room, reader.readRow(first + reader.count * width, width) {}
            block.append(
                rows: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(numbers)[..<(reader.count * width)]),
                dimension: width)
        }
        rows.skip(reader.count)
        p = reader.position
        if let lineStart = reader.lineStart {
            tokenizer.moved(toLine: reader.line, startingAt: tokenizer.pieceEnd - (end - lineStart))
        }
        guard !reader.isInRow else { return }
        tokenizer.closeArray()
        context = shape == .lines ? .top : .rows
    }
}

/// Reads arrays of plain numbers from memory, and what stands between them.
private struct PlainRowReader {
    /// Behind the bracket that opens the next row, or that closes the last one.
    private(set) var position: UnsafePointer<UInt8>
    /// Whether a row was opened.
    private(set) var isInRow = true
    /// How many rows were read.
    private(set) var count = 0
    private(set) var line: Int
    /// Where the line starts; nil when it is still the one that the reading began on.
    private(set) var lineStart: UnsafePointer<UInt8>?
    private let end: UnsafePointer<UInt8>
    private let isDocument: Bool

    init(_ position: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, line: Int, isDocument: Bool) {
        self.position = position
        self.end = end
        self.line = line
        self.isDocument = isDocument
    }

    /// Reads a row and opens the next.
    ///
    /// - Returns: whether another row follows; where the row is none of plain numbers nothing is read.
    @inline(__always)
    mutating func readRow<Scalar: DecimalScalar>(_ numbers: UnsafeMutablePointer<Scalar>, _ width: Int) -> Bool {
        var p = position
        for column in 0..<width {
            if p < end, p.pointee <= 0x20 { Self.skipSpaces(&p, end) }
            let start = p
            let value = Decimal.parse(&p, end, .json, as: Scalar.self)
            guard value.isFinite, p < end, p - start <= Decimal.longest else { return false }
            if p.pointee <= 0x20 { Self.skipSpaces(&p, end) }
            guard p < end, p.pointee == (column < width - 1 ? UInt8(ascii: ",") : UInt8(ascii: "]")) else {
                return false
            }
            p += 1
            numbers[column] = value
        }
        position = p
        count += 1
        isInRow = openRow()
        return isInRow
    }

    /// Goes on behind the bracket that opens the next row, if it is in sight.
    @inline(__always)
    private mutating func openRow() -> Bool {
        var p = position
        var line = line
        var lineStart = lineStart
        var needsComma = isDocument
        while p < end {
            switch p.pointee {
            case UInt8(ascii: "[") where !needsComma:
                position = p + 1
                self.line = line
                self.lineStart = lineStart
                return true
            case UInt8(ascii: ",") where needsComma: needsComma = false
            case 0x20, 0x09, 0x0D: break
            case 0x0A:
                line += 1
                lineStart = p + 1
            default: return false
            }
            p += 1
        }
        return false
    }

    private static func skipSpaces(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        while p < end, p.pointee == 0x20 || p.pointee == 0x09 { p += 1 }
    }
}

extension JSONRows {
    /// The width of rows that may be read as plain ones: arrays of which every element is a coordinate, and of which the
    /// first was read, while nothing is wrong and nothing outside them identifies them.
    var plainWidth: Int? {
        guard kind == .array, index == 0, plan.dimension == nil, plan.identifierIndex == nil, rowIndex.name == nil,
            problems.isEmpty
        else { return nil }
        return count > 0 ? width : nil
    }
}
