/// How a pass cuts rows into chunks and tiles: by their number and the work's shape alone, never by the threads.
///
/// Each chunk adds up on its own, tile after tile, and chunks are added in order, so results have the same bits
/// whoever did which chunk.
struct RowLayout: Sendable {
    /// The number of rows.
    let rows: Int
    /// Rows that are loaded and worked on together, a multiple of 16.
    let tileRows: Int
    /// Rows of a chunk, a multiple of `tileRows`.
    let chunkRows: Int

    /// - Parameters:
    ///   - width: floats that a row needs in the cache, such as d + 2K.
    ///   - partialSize: numbers that each chunk adds up in, which bounds how many chunks there are.
    init(rows: Int, width: Int, partialSize: Int = 1) {
        self.rows = rows
        // Fewer rows than a tile's take no more memory than they need, and are added up in the same order.
        tileRows = min(max(16, (rows + 15) / 16 * 16), 1024, max(64, (1 << 16) / max(1, width) / 16 * 16))
        let most = min(64, max(4, (1 << 22) / max(1, partialSize)))
        let tiles = (rows + tileRows - 1) / tileRows
        chunkRows = max(1, (tiles + most - 1) / most) * tileRows
    }

    /// Floats from one coordinate to the next in a tile: off the powers of two, which share few cache sets.
    var stride: Int { tileRows + 16 }
    var chunkCount: Int { (rows + chunkRows - 1) / chunkRows }

    func chunk(_ index: Int) -> Range<Int> { index * chunkRows..<min(rows, (index + 1) * chunkRows) }

    func tiles(of chunk: Range<Int>) -> some Sequence<Range<Int>> {
        stride(from: chunk.lowerBound, to: chunk.upperBound)
    }

    private func stride(from lower: Int, to upper: Int) -> some Sequence<Range<Int>> {
        Swift.stride(from: lower, to: upper, by: tileRows).lazy.map { $0..<min(upper, $0 + tileRows) }
    }
}
