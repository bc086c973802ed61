extension Points {
    /// Copies rows, which rise, to memory of their own.
    ///
    /// A sample is read many times, and in a mapped file every time from places far apart. Where the file is larger than
    /// memory that would be its whole length each time; so a sample is read once, and as many reads as the disk can take
    /// side by side are asked for ahead.
    ///
    /// - Throws: `CancellationError`.
    /// - Complexity: O(rows·d).
    func gathered(_ rows: [Int64], passes: RowPasses) throws -> Points {
        let copy = AlignedBuffer<Float>(unfilled: rows.count * dimension)
        _ = try passes.run(
            RowLayout(rows: rows.count, width: dimension), abandonable: false, scratch: {}, partial: {}
        ) { _, _, range in read(rows[range], into: copy.pointer + range.lowerBound * dimension) }
        return Points(copy, count: rows.count, dimension: dimension)
    }

    /// Copies a few rows.
    func gathered(_ rows: [Int64]) -> Points {
        let copy = AlignedBuffer<Float>(unfilled: rows.count * dimension)
        read(rows[...], into: copy.pointer)
        return Points(copy, count: rows.count, dimension: dimension)
    }

    private init(_ copy: AlignedBuffer<Float>, count: Int, dimension: Int) {
        let values = UnsafeBufferPointer(start: copy.pointer, count: count * dimension)
        self.init(unchecked: PointStorage(values, owner: copy), count: count, dimension: dimension)
    }

    private func read(_ rows: ArraySlice<Int64>, into target: UnsafeMutablePointer<Float>) {
        guard let source = storage.values.baseAddress, let first = rows.first else { return }
        let pages = storage.pages
        if let pages { prefetch(rows.prefix(Self.blockRows), from: first, pages) }
        for start in stride(from: rows.startIndex, to: rows.endIndex, by: Self.blockRows) {
            let block = rows[start..<min(start + Self.blockRows, rows.endIndex)]
            if let pages, let last = block.last {
                prefetch(rows[block.endIndex...].prefix(Self.blockRows), from: last, pages)
            }
            for index in block.indices {
                (target + (index - rows.startIndex) * dimension)
                    .update(from: source + Int(rows[index]) * dimension, count: dimension)
            }
        }
    }

    /// Whether samples of so many rows are copied: those of up to 32 MiB.
    static func isGathered(_ rows: Int, _ dimension: Int) -> Bool { rows <= mostGathered(dimension) }

    /// The most rows of a sample that is copied.
    static func mostGathered(_ dimension: Int) -> Int { (32 << 20) / MemoryLayout<Float>.size / max(1, dimension) }

    private static let blockRows = 256
    /// Rows nearer to each other than this are read with what lies between them.
    private static let nearness = 32 << 10

    private func prefetch(_ rows: ArraySlice<Int64>, from start: Int64, _ pages: any PagedMemory) {
        let bytes = UnsafeRawBufferPointer(storage.values)
        let length = dimension * MemoryLayout<Float>.size
        guard let last = rows.last else { return }
        if (Int(last) - Int(start)) * length <= rows.count * Self.nearness {
            pages.prefetch(UnsafeRawBufferPointer(rebasing: bytes[Int(start) * length..<(Int(last) + 1) * length]))
        } else {
            for row in rows {
                pages.prefetch(UnsafeRawBufferPointer(rebasing: bytes[Int(row) * length..<(Int(row) + 1) * length]))
            }
        }
    }
}
