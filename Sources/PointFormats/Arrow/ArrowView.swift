/// A cell of a column of views, 16 bytes (Arrow columnar format 1.5, "Variable-size Binary View Layout"): the length of
/// a text, then the text itself up to 12 bytes, or 4 bytes of it, the number of the buffer that holds it and its place
/// there.
struct ArrowView {
    static let size = 16
    private static let longestInline = 12

    /// Where the text is.
    enum Place {
        /// In the cell: these of its bytes.
        case inline(Range<Int>)
        /// In one of the column's buffers, from `offset` on.
        case buffer(Int, offset: Int)
    }

    let length: Int
    let place: Place

    /// Reads cell `index`.
    init(_ cells: UnsafeRawBufferPointer, _ index: Int) {
        func word(_ word: Int) -> Int {
            Int(Int32(littleEndian: cells.loadUnaligned(fromByteOffset: index * Self.size + 4 * word, as: Int32.self)))
        }
        length = word(0)
        let start = index * Self.size + 4
        place =
            length <= Self.longestInline
            ? .inline(start..<start + max(0, length)) : .buffer(word(2), offset: word(3))
    }
}

/// Reads the texts of views: what lies near each other is read at once.
struct ArrowViewedTexts {
    /// How much is read at once: as long as the longest id, so that texts in no order cost little more than themselves.
    private static let window = RowIdentifiers.longest

    /// The buffers that hold texts, in order.
    let sections: [ArrowBody.Section]
    private var read: [UInt8] = []
    /// Which buffer that is from, and where in it.
    private var buffer = -1
    private var start = 0

    init(_ sections: [ArrowBody.Section]) { self.sections = sections }

    /// The text of a view that is not longer than an id may be.
    mutating func text(
        _ view: ArrowView, _ cells: UnsafeRawBufferPointer, _ scratch: ScratchBuffer
    ) throws -> [UInt8] {
        switch view.place {
        case .inline(let range): return Array(cells[range])
        case .buffer(let number, let offset):
            guard sections.indices.contains(number), offset >= 0, offset <= sections[number].count - view.length else {
                throw ArrowBatch.error("has texts outside their buffer")
            }
            if number != buffer || offset < start || offset + view.length > start + read.count {
                let end = min(sections[number].count, offset + max(view.length, Self.window))
                read = try scratch.bytes(sections[number].start + offset..<sections[number].start + end)
                (buffer, start) = (number, offset)
            }
            return Array(read[offset - start..<offset - start + view.length])
        }
    }
}
