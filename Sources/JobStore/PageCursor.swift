/// Where a page ended: the sequence number of its last row, dressed so that nobody computes with it.
///
/// Sequence numbers only grow and are never given out twice, so a cursor keeps its meaning when rows around it, or its
/// own, are deleted.
struct PageCursor: Equatable {
    let sequence: Int64

    /// More rows than anybody reads at once; a page is held in memory.
    static let largestPage = 10_000

    /// The text that a client hands back.
    var text: String { "p" + String(sequence, radix: 32) }

    init(sequence: Int64) {
        self.sequence = sequence
    }

    init(_ text: String) throws(JobStoreError) {
        // Only the spelling that `text` gives is taken: one cursor, one text.
        guard text.first == "p", let sequence = Int64(text.dropFirst(), radix: 32), sequence > 0,
            PageCursor(sequence: sequence).text == text
        else { throw .invalidCursor(text) }
        self.sequence = sequence
    }

    /// The sequence number below which a page begins; everything for the first page.
    static func upperBound(_ cursor: String?, limit: Int) throws(JobStoreError) -> Int64 {
        guard (1...largestPage).contains(limit) else {
            throw .invalidArgument("a page has 1 to \(largestPage) rows, not \(limit)")
        }
        guard let cursor else { return .max }
        return try PageCursor(cursor).sequence
    }
}
