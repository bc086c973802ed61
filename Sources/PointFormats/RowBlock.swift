/// The points on their way from a decoder to a sink: one reusable buffer of about 64 KiB.
///
/// Invariant: the first `rowCount·dimension` values are whole rows; what follows is the row being read.
struct RowBlock: Sendable {
    /// From this many numbers on a block is handed over, at the next end of a row.
    static let handOverCount = 16_384
    /// From this many bytes of identifiers on likewise.
    static let handOverIdentifiers = 65_536

    /// The numbers, row after row.
    var values: [Float] = []
    /// The number of coordinates of a point; 0 until the first row is complete.
    private(set) var dimension = 0
    /// Where the row being read starts in `values`.
    private(set) var rowStart = 0
    /// How many rows were completed since the body began, those already handed over included.
    private(set) var rowCount = 0

    /// The identifiers of the whole rows; as many as there are rows when there is a column of them, else none.
    private(set) var identifiers = RowIdentifiers()
    /// The identifier of the row being read.
    private var identifier: [UInt8]?

    init() { values.reserveCapacity(2 * Self.handOverCount) }

    /// Whether the whole rows should be handed over.
    var isFull: Bool { rowStart >= Self.handOverCount || identifiers.bytes.count >= Self.handOverIdentifiers }

    /// Completes the row being read.
    @inline(__always)
    mutating func endRow() {
        if dimension == 0 { dimension = values.count - rowStart }
        rowStart = values.count
        rowCount += 1
        if let identifier { endIdentifier(identifier) }
    }

    /// Takes whole rows of float32 as they lie in memory, aligned or not, if all numbers are finite.
    ///
    /// Call only between two rows.
    /// - Returns: whether they were taken.
    mutating func append(finiteRows bytes: UnsafeRawBufferPointer, dimension: Int) -> Bool {
        let count = bytes.count / MemoryLayout<Float>.stride
        let start = values.count
        values.append(contentsOf: repeatElement(0, count: count))
        let areFinite = values.withUnsafeMutableBytes { values in
            let target = UnsafeMutableRawBufferPointer(rebasing: values[(start * MemoryLayout<Float>.stride)...])
            target.copyMemory(from: bytes)
            // Adding one to an exponent of all ones carries into the sign's place; a loop without branches.
            return target.withMemoryRebound(to: UInt32.self) { words in
                words.reduce(0 as UInt32) { $0 | (($1 & 0x7F80_0000) &+ 0x0080_0000) } < 1 << 31
            }
        }
        guard areFinite else {
            values.removeLast(count)
            return false
        }
        if self.dimension == 0 { self.dimension = dimension }
        rowStart = values.count
        rowCount += count / dimension
        return true
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
        values.append(contentsOf: repeatElement(0, count: dimension))
    }

    /// Forgets the row being read.
    mutating func dropRow() {
        values.removeLast(values.count - rowStart)
        identifier = nil
    }

    /// Forgets the whole rows, which have been handed over, and keeps the row being read.
    mutating func removeRows() {
        if rowStart == values.count {
            values.removeAll(keepingCapacity: true)
        } else {
            values.removeFirst(rowStart)
        }
        rowStart = 0
        identifiers.removeAll()
    }
}
