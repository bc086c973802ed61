extension CSVRows {
    /// After so many rows in a run that are no plain ones none is looked at any more.
    private static let patience = 64

    /// Whether rows may be plain ones: lines of unquoted numbers that all count, while nothing is wrong.
    var takesPlainRows: Bool {
        plainMisses < Self.patience && start.plan.dimension == nil && start.plan.identifierIndex == nil && !merges
            && cellIndex == 0 && blankLine == nil && problems.isEmpty
    }

    /// Reads rows for as long as they are plain ones that lie in this piece as a whole.
    mutating func readPlainRows(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) {
        guard takesPlainRows, start.width > 0 else { return }
        switch start.numberType {
        case .float32: readPlainRows(&p, end, &block, as: Float.self)
        case .float64: readPlainRows(&p, end, &block, as: Double.self)
        }
    }

    private mutating func readPlainRows<Scalar: DecimalScalar>(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock, as: Scalar.Type
    ) {
        let width = start.width
        let room = block.room(dimension: width)
        var reader = PlainLineReader(p, end, delimiter: delimiter, width: width)
        withUnsafeTemporaryAllocation(of: Scalar.self, capacity: room * width) { numbers in
            guard let first = numbers.baseAddress else { return }
            reader.read(room, first)
            block.append(
                rows: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(numbers)[..<(reader.count * width)]),
                dimension: width)
        }
        p = reader.position
        row += reader.count
        line += reader.count
        plainMisses = reader.count > 0 ? 0 : plainMisses + 1
    }
}

/// Reads lines of plain numbers from memory.
private struct PlainLineReader {
    /// Where the next line starts.
    private(set) var position: UnsafePointer<UInt8>
    /// How many lines were read.
    private(set) var count = 0
    private let end: UnsafePointer<UInt8>
    private let delimiter: UInt8
    private let width: Int

    init(_ position: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, delimiter: UInt8, width: Int) {
        self.position = position
        self.end = end
        self.delimiter = delimiter
        self.width = width
    }

    /// Reads at most `room` lines, up to one that is not plain or not whole.
    mutating func read<Scalar: DecimalScalar>(_ room: Int, _ first: UnsafeMutablePointer<Scalar>) {
        let (end, delimiter, last) = (end, delimiter, width - 1)
        var numbers = first
        var p = position
        while count < room {
            for _ in 0..<last {
                guard let value = Self.number(&p, end, as: Scalar.self), p.pointee == delimiter else { return }
                p += 1
                numbers.pointee = value
                numbers += 1
            }
            guard let value = Self.number(&p, end, as: Scalar.self) else { return }
            if p.pointee == CSV.carriageReturn {
                // At the end of the piece the line feed may be in the next.
                guard p + 1 < end else { return }
                p += 1
                if p.pointee == CSV.lineFeed { p += 1 }
            } else {
                guard p.pointee == CSV.lineFeed else { return }
                p += 1
            }
            numbers.pointee = value
            numbers += 1
            position = p
            count += 1
        }
    }

    /// A finite number behind any spaces, with a byte behind it.
    @inline(__always)
    private static func number<Scalar: DecimalScalar>(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, as: Scalar.Type
    ) -> Scalar? {
        while p < end, p.pointee == CSV.space { p += 1 }
        let start = p
        let value = Decimal.parse(&p, end, .lenient, as: Scalar.self)
        return value.isFinite && p < end && p - start <= Decimal.longest ? value : nil
    }
}
