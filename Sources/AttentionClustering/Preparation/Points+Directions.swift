extension Points {
    /// The same points scaled to unit length, which leaves their directions; points at the origin stay there.
    ///
    /// - Complexity: O(N·d), and as much memory as the points take.
    func directions(passes: RowPasses) throws -> Points {
        let d = dimension
        let buffer = AlignedBuffer<Float>(count: count * d, filledWith: 0)
        _ = try passes.run(RowLayout(rows: count, width: d), abandonable: false, scratch: {}, partial: {}) {
            _, _, rows in
            withUnsafeValues { values in
                for row in rows {
                    var square = 0.0
                    for j in row * d..<(row + 1) * d { square += Double(values[j]) * Double(values[j]) }
                    let factor = square > 0 ? 1 / square.squareRoot() : 0
                    for j in row * d..<(row + 1) * d { buffer.pointer[j] = Float(Double(values[j]) * factor) }
                }
            }
        }
        let storage = PointStorage(UnsafeBufferPointer(start: buffer.pointer, count: count * d), owner: buffer)
        return try Points(storage: storage, count: count, dimension: d)
    }
}
