/// Turns the columns of a record batch, which lie one behind the other, into rows.
struct ArrowRowReader: Sendable {
    let schema: ArrowSchema
    private let limit: Int?
    /// The cells that count of the record batch being read, unpacked, column after column.
    private(set) var scratch: ScratchBuffer
    /// How many bytes packed buffers have come to.
    private var unpacked = 0
    /// How many rows the record batches before had.
    private var firstRow = 0
    var problems = ProblemLog()
    /// The texts that columns name by their places, by the dictionary's number.
    var dictionaries: [Int: ArrowDictionary] = [:]

    init(_ schema: ArrowSchema, _ options: DecodingOptions, _ source: ScratchSource?) {
        self.schema = schema
        limit = options.maximumUnpackedBytes
        scratch = ScratchBuffer(source, limit: options.maximumBufferedBytes)
    }

    /// Starts the next record batch.
    mutating func begin() { scratch.removeAll() }

    /// Ends a record batch whose rows were handed over.
    mutating func end(rows: Int) { firstRow += rows }

    /// Counts what a packed buffer says it comes to.
    mutating func count(unpacked bytes: Int) throws(FormatError) {
        guard let limit else { return }
        guard bytes <= limit - unpacked else {
            throw FormatError(
                code: .tooLarge,
                detail: "the packed record batches come to more than \(limit) bytes. Send less at a time.",
                places: [.init(detail: "more than \(limit) bytes")])
        }
        unpacked += bytes
    }

    /// Takes the next bytes of a buffer.
    ///
    /// - Parameter offset: how many bytes of the buffer came before.
    /// - Returns: how many bytes went to the scratch buffer.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, _ buffer: ArrowBatch.Buffer
    ) throws -> Int {
        switch buffer.purpose {
        case .validity(let count, let width):
            noteNulls(bytes, at: offset, count: count, width: width, schema.columns[buffer.column])
            return 0
        case .cells where schema.columns[buffer.column].content == .bits:
            // A byte a bit, so that what is at a row's place can be found.
            let cells = bytes.flatMap { byte in (0..<8).map { byte >> UInt8($0) & 1 } }
            try cells.withUnsafeBytes { try scratch.append($0) }
            return cells.count
        case .cells, .offsets, .text, .viewed:
            try scratch.append(bytes)
            return bytes.count
        }
    }

    /// Throws when cells were null.
    func checkNulls() throws(FormatError) { try problems.checkAtEnd() }

    private mutating func noteNulls(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, count: Int, width: Int, _ column: ArrowSchema.Column
    ) {
        for (index, byte) in bytes.enumerated() where byte != 0xFF && !problems.isFull {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 0 {
                let cell = 8 * (offset + index) + bit
                if cell >= count { break }
                note("the cell is null", row: cell / width, column, element: width > 1 ? cell % width : nil)
            }
        }
    }

    /// Notes what is wrong with a cell.
    ///
    /// - Parameters:
    ///   - row: its row in the record batch.
    ///   - element: its place in a list.
    mutating func note(
        _ detail: String, row: Int, _ column: ArrowSchema.Column, element: Int? = nil,
        fix: String = "Fill it in, or leave the row or the column out."
    ) {
        let row = firstRow + row
        problems.note(
            FormatError.Place(column: column.index + 1, row: row, name: column.name, detail: detail),
            label: "row \(row), column \(ErrorText.quoted(column.name))" + (element.map { "[\($0)]" } ?? ""), fix: fix)
    }
}
