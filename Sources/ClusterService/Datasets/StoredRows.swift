import AttentionClustering
import PointFormats

/// The numbers of a stored point set, in memory or in a mapped file, of either type.
struct StoredRows: Sendable {
    /// How much of a mapped file is read before its memory is let go.
    private static let releasedLength = 4 << 20

    let count: Int
    let dimension: Int
    let type: NumberType
    /// The points as they are trained on; nil for float64.
    let single: Points?
    private let file: MappedFile?
    private let range: Range<Int>

    /// - Parameter range: where in the file the numbers lie: whole rows.
    init(_ file: MappedFile, _ range: Range<Int>, type: NumberType, dimension: Int) {
        let count = dimension == 0 ? 0 : range.count / type.size / dimension
        self.file = file
        self.range = range
        self.type = type
        self.dimension = dimension
        self.count = count
        let cells = UnsafeRawBufferPointer(rebasing: file.bytes[range])
        single =
            type == .float32
            ? try? Points(
                storage: PointStorage(cells.bindMemory(to: Float.self), owner: file), count: count,
                dimension: dimension) : nil
    }

    init(_ points: Points) {
        single = points
        count = points.count
        dimension = points.dimension
        type = .float32
        file = nil
        range = 0..<count * dimension * type.size
    }

    /// The bytes that the numbers take.
    var byteCount: Int { range.count }

    /// Some of the bytes, little-endian.
    func bytes(_ part: Range<Int>) -> [UInt8] {
        if let file { return Array(file.bytes[(range.lowerBound + part.lowerBound)...].prefix(part.count)) }
        return single?.withUnsafeValues { Array(UnsafeRawBufferPointer($0)[part]) } ?? []
    }

    /// The numbers of some rows.
    func values<Scalar: BitwiseCopyable>(_ rows: Range<Int>, as: Scalar.Type) -> ArraySlice<Scalar> {
        let bytes = bytes(rows.lowerBound * dimension * type.size..<rows.upperBound * dimension * type.size)
        return bytes.withUnsafeBytes { Array($0.bindMemory(to: Scalar.self))[...] }
    }

    /// Gives the rows to `body` in blocks of about 1 MiB, in whichever type they have.
    ///
    /// Memory that was read is let go behind.
    func forEachBlock(
        single: (UnsafeBufferPointer<Float>, Range<Int>) throws -> Void,
        double: (UnsafeBufferPointer<Double>, Range<Int>) throws -> Void
    ) throws {
        let rowLength = max(1, dimension * type.size)
        let step = max(1, (1 << 20) / rowLength)
        for start in stride(from: 0, to: count, by: step) {
            let rows = start..<min(start + step, count)
            let part = rows.lowerBound * rowLength..<rows.upperBound * rowLength
            try withUnsafeBytes(part) { bytes in
                switch type {
                case .float32: try single(bytes.bindMemory(to: Float.self), rows)
                case .float64: try double(bytes.bindMemory(to: Double.self), rows)
                }
            }
            release(before: part.upperBound)
        }
    }

    private func withUnsafeBytes(_ part: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let file {
            let start = range.lowerBound + part.lowerBound
            try body(UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + part.count]))
        } else if let single {
            try single.withUnsafeValues { try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[part])) }
        }
    }

    /// Lets the memory of a mapped file go that lies some way in front of `offset`, up to which it was read.
    func release(before offset: Int) {
        guard let file, offset / Self.releasedLength > 0 else { return }
        let end = range.lowerBound + offset
        file.release(max(range.lowerBound, end - 2 * Self.releasedLength)..<end)
    }
}
