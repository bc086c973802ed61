extension Points {
    /// Copies rows, which rise, to memory of their own.
    ///
    /// A sample is read many times, and in a mapped file every time from places far apart. Where the file is larger than
    /// memory that would be its whole length each time; so a sample is read once, and as many reads as the disk can take
    /// side by side are asked for ahead.
    ///
    /// - Parameter proceed: is called between blocks of rows, and throws where it must not go on.
    /// - Complexity: O(rows·d).
    func gathered(_ rows: [Int64], proceed: () throws -> Void) rethrows -> Points {
        let width = dimension
        let copy = AlignedBuffer<Float>(count: rows.count * width, filledWith: 0)
        let pages = storage.pages
        if let pages, let first = rows.first { prefetch(rows.prefix(Self.blockRows), from: first, pages) }
        for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
            try proceed()
            let block = rows[start..<min(start + Self.blockRows, rows.count)]
            if let pages, let last = block.last {
                prefetch(rows[block.endIndex...].prefix(Self.blockRows), from: last, pages)
            }
            guard let source = storage.values.baseAddress else { break }
            for index in block.indices {
                (copy.pointer + index * width).update(from: source + Int(rows[index]) * width, count: width)
            }
        }
        let storage = PointStorage(
            UnsafeBufferPointer(start: copy.pointer, count: rows.count * width), owner: copy)
        return Points(unchecked: storage, count: rows.count, dimension: width)
    }

    /// Copies a few rows.
    func gathered(_ rows: [Int64]) -> Points { gathered(rows) {} }

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
