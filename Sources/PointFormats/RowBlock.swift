/// The points on their way from a decoder to a sink: one reusable buffer of about 64 Ki numbers at most.
///
/// Invariant: the first `rowStart` values are whole rows; what follows is the row being read.
struct RowBlock: Sendable {
    /// From this many numbers on a block is handed over, at the next end of a row.
    static let handOverCount = 16_384
    /// From this many bytes of identifiers on likewise.
    static let handOverIdentifiers = 65_536

    /// The type the numbers are kept in, which says which of the two arrays holds them.
    let type: NumberType
    /// The numbers, row after row, when they are `Float`s.
    var values: [Float] = []
    /// The numbers, row after row, when they are `Double`s.
    var wideValues: [Double] = []
    /// The number of coordinates of a point; 0 until the first row is complete.
    private(set) var dimension = 0
    /// Where the row being read starts.
    private(set) var rowStart = 0
    /// How many rows were completed since the body began, those already handed over included.
    private(set) var rowCount = 0

    /// The identifiers of the whole rows; as many as there are rows when there is a column of them, else none.
    private(set) var identifiers = RowIdentifiers()
    /// The identifier of the row being read.
    private var identifier: [UInt8]?

    init(_ type: NumberType = .float32) {
        self.type = type
        switch type {
        case .float32: values.reserveCapacity(2 * Self.handOverCount)
        case .float64: wideValues.reserveCapacity(2 * Self.handOverCount)
        }
    }

    /// Whether the whole rows should be handed over.
    var isFull: Bool { rowStart >= Self.handOverCount || identifiers.bytes.count >= Self.handOverIdentifiers }

    /// How many numbers there are, those of the row being read included.
    @inline(__always)
    var count: Int { type == .float32 ? values.count : wideValues.count }

    /// How many more rows make the block full.
    func room(dimension: Int) -> Int { max(0, (Self.handOverCount - rowStart + dimension - 1) / dimension) }

    /// Adds a number to the row being read; a `Float` is given as the `Double` that equals it.
    @inline(__always)
    mutating func append(_ value: Double) {
        switch type {
        case .float32: values.append(Float(value))
        case .float64: wideValues.append(value)
        }
    }

    /// Puts a number into the row being read, which ``beginRow(dimension:)`` started.
    @inline(__always)
    mutating func set(_ slot: Int, _ value: Double) {
        switch type {
        case .float32: values[rowStart + slot] = Float(value)
        case .float64: wideValues[rowStart + slot] = value
        }
    }

    /// Completes the row being read.
    @inline(__always)
    mutating func endRow() {
        if dimension == 0 { dimension = count - rowStart }
        rowStart = count
        rowCount += 1
        if let identifier { endIdentifier(identifier) }
    }

    /// Takes whole rows of the block's type; call only between two rows.
    mutating func append<Scalar: DecimalScalar>(rows: UnsafeBufferPointer<Scalar>, dimension: Int) {
        guard !rows.isEmpty else { return }
        Scalar.append(rows, to: &self)
        if self.dimension == 0 { self.dimension = dimension }
        rowStart = count
        rowCount += rows.count / dimension
    }

    /// Counts whole rows that pass by an empty block.
    mutating func pass(rows: Int, dimension: Int) {
        if self.dimension == 0 { self.dimension = dimension }
        rowCount += rows
    }

    /// Says what identifies the row being read.
    mutating func identify(_ text: some Collection<UInt8>) { identifier = Array(text) }

    @inline(never)
    private mutating func endIdentifier(_ text: [UInt8]) {
        identifiers.append(utf8: text)
        identifier = nil
    }

    /// Starts a row whose numbers do not come in order.
    @inline(__always)
    mutating func beginRow(dimension: Int) {
        switch type {
        case .float32: values.append(contentsOf: repeatElement(0, count: dimension))
        case .float64: wideValues.append(contentsOf: repeatElement(0, count: dimension))
        }
    }

    /// Forgets the row being read.
    mutating func dropRow() {
        values.removeLast(max(0, values.count - rowStart))
        wideValues.removeLast(max(0, wideValues.count - rowStart))
        identifier = nil
    }

    /// Forgets the whole rows, which have been handed over, and keeps the row being read.
    mutating func removeRows() {
        switch type {
        case .float32: Self.remove(rowStart, from: &values)
        case .float64: Self.remove(rowStart, from: &wideValues)
        }
        rowStart = 0
        identifiers.removeAll()
    }

    private static func remove<Scalar>(_ count: Int, from values: inout [Scalar]) {
        if count == values.count {
            values.removeAll(keepingCapacity: true)
        } else {
            values.removeFirst(count)
        }
    }
}

/// Numbers in memory of which it is not known whether they are aligned and finite.
enum FiniteNumbers {
    /// Whether all the numbers that fill `bytes` are finite.
    static func fill(_ bytes: UnsafeRawBufferPointer, _ type: NumberType) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        // Adding one to an exponent of all ones carries into the sign's place: loops without branches.
        switch type {
        case .float32:
            var carried: UInt32 = 0
            for index in 0..<bytes.count / 4 {
                let word = base.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self)
                carried |= (word & 0x7F80_0000) &+ 0x0080_0000
            }
            return carried < 1 << 31
        case .float64:
            var carried: UInt64 = 0
            for index in 0..<bytes.count / 8 {
                let word = base.loadUnaligned(fromByteOffset: 8 &* index, as: UInt64.self)
                carried |= (word & 0x7FF0_0000_0000_0000) &+ 0x0010_0000_0000_0000
            }
            return carried < 1 << 63
        }
    }
}
