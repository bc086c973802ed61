/// Columns of numbers in a scratch buffer, one behind the other, on their way to rows: a stretch of each at a time is read
/// back and turned.
struct StoredColumns: Sendable {
    /// A column, or several whose numbers alternate.
    struct Column: Sendable {
        /// Where in the scratch buffer it starts.
        let start: Int
        /// The coordinate that its numbers become, the first of `width`.
        let slot: Int
        let width: Int
        let scalar: NumpyScalar
    }

    /// A number that is not finite.
    struct Fault: Sendable {
        /// Which column it is in, and where.
        let column: Int
        let row: Int
        let element: Int
        let detail: String
        let fix: String
    }

    /// How many numbers a stretch has: enough for long runs of each column, few enough for little memory.
    private static let numbers = 1 << 20

    let rows: Int
    let dimension: Int
    let columns: [Column]
    private let type: NumberType
    /// The rows of the stretch that was read last, one behind the other, in the array of their type.
    private var values: [Float] = []
    private var wideValues: [Double] = []
    /// Which rows these are.
    private(set) var stretch = 0..<0

    init(rows: Int, dimension: Int, columns: [Column], type: NumberType) {
        self.type = type
        self.rows = rows
        self.dimension = dimension
        self.columns = columns
    }

    /// Reads the next stretch.
    ///
    /// - Parameter limit: how many rows it may have.
    /// - Returns: the first numbers of each column that are not finite.
    mutating func readNext(_ limit: Int, from scratch: ScratchBuffer) throws -> [Fault] {
        let first = stretch.upperBound
        stretch = first..<min(rows, first + max(1, min(limit, Self.numbers / dimension)))
        let count = stretch.count * dimension
        switch type {
        case .float32: if values.count != count { values = Array(repeating: 0, count: count) }
        case .float64: if wideValues.count != count { wideValues = Array(repeating: 0, count: count) }
        }
        var faults: [Fault] = []
        for (index, column) in columns.enumerated() {
            let size = column.width * column.scalar.size
            let raw = try scratch.bytes(
                column.start + stretch.lowerBound * size..<column.start + stretch.upperBound * size)
            let areFinite = raw.withUnsafeBytes { raw in
                switch type {
                case .float32:
                    values.withUnsafeMutableBufferPointer {
                        column.scalar.convert(raw, width: column.width, into: $0, from: column.slot, stride: dimension)
                    }
                case .float64:
                    wideValues.withUnsafeMutableBufferPointer {
                        column.scalar.convert(raw, width: column.width, into: $0, from: column.slot, stride: dimension)
                    }
                }
            }
            if !areFinite { faults += self.faults(in: index, raw) }
        }
        return faults
    }

    /// Hands rows over, at most as many as make the block full.
    ///
    /// - Parameter first: the first of them, which is in the stretch.
    /// - Returns: how many they are, 1 or more.
    func append(from first: Int, to block: inout RowBlock) -> Int {
        let count = min(max(1, block.room(dimension: dimension)), stretch.upperBound - first)
        let start = (first - stretch.lowerBound) * dimension
        let range = start..<start + count * dimension
        switch type {
        case .float32:
            values.withUnsafeBufferPointer {
                block.append(rows: UnsafeBufferPointer(rebasing: $0[range]), dimension: dimension)
            }
        case .float64:
            wideValues.withUnsafeBufferPointer {
                block.append(rows: UnsafeBufferPointer(rebasing: $0[range]), dimension: dimension)
            }
        }
        return count
    }

    /// Hands one row over that something identifies.
    func append(_ row: Int, identifiedBy text: [UInt8], to block: inout RowBlock) {
        let start = (row - stretch.lowerBound) * dimension
        for index in start..<start + dimension { block.append(number(index)) }
        block.identify(text)
        block.endRow()
    }

    private func number(_ index: Int) -> Double {
        switch type {
        case .float32: Double(values[index])
        case .float64: wideValues[index]
        }
    }

    private func faults(in index: Int, _ raw: [UInt8]) -> [Fault] {
        let column = columns[index]
        return raw.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            let wrong = (0..<stretch.count * column.width).lazy.compactMap { cell -> Fault? in
                let (row, element) = cell.quotientAndRemainder(dividingBy: column.width)
                let value = number(row * dimension + column.slot + element)
                if value.isFinite { return nil }
                let isTooLarge = column.scalar.isFinite(base + cell * column.scalar.size)
                return Fault(
                    column: index, row: stretch.lowerBound + row, element: element,
                    detail: isTooLarge
                        ? "the number is too large for \(8 * type.size) bits"
                        : value.isNaN ? "nan is not a finite number" : "inf is not a finite number",
                    fix: isTooLarge ? "Scale the column down." : "Fill it in, or leave the row or the column out.")
            }
            return Array(wrong.prefix(FormatError.maximumPlaces))
        }
    }
}
