/// What reads one format: a machine that takes bytes and completes rows in a block.
protocol FormatDecoder: Sendable {
    /// Reads until the bytes end or the block is full.
    ///
    /// - Returns: how many bytes were read; fewer than given only when the block is full, or where ``bytesBeforeRows``
    ///   stops to be nil.
    /// - Throws: ``FormatError``, or what the scratch storage throws.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, into block: inout RowBlock) throws -> Int

    /// How many bytes are to be decoded until whole rows lie there as they are kept; nil when they never do.
    var bytesBeforeRows: Int? { get }

    /// Takes whole rows that lie there as they are kept, about as many as fill a block.
    ///
    /// Called where ``bytesBeforeRows`` is 0.
    /// - Returns: how many bytes they take, from the first on; 0 when what comes next has to be decoded.
    mutating func takeRows(_ bytes: UnsafeRawBufferPointer) -> (bytes: Int, dimension: Int)

    /// Ends the body. Called again, with an emptied block, until it returns `true`.
    mutating func finish(into block: inout RowBlock) throws -> Bool

    /// What was read, once `finish` returned `true`.
    func summary(rows: Int, dimension: Int) -> DecodedSummary
}

extension FormatDecoder {
    var bytesBeforeRows: Int? { nil }

    mutating func takeRows(_ bytes: UnsafeRawBufferPointer) -> (bytes: Int, dimension: Int) { (0, 0) }
}

/// What a body turned out to hold, as far as its first bytes tell.
enum BodyKind: Sendable, Equatable {
    /// A format whose name is known.
    case format(PointFormat)
    /// JSON, be it a document or lines.
    case jsonOrLines

    /// A decoder at the start of such a body.
    ///
    /// - Parameter scratch: makes room for what has to be held back.
    func decoder(_ options: DecodingOptions, _ scratch: ScratchSource?) -> any FormatDecoder {
        switch self {
        case .format(.csv): CSVDecoder(options: options)
        case .format(.json): JSONPointDecoder(shape: .document, options: options)
        case .format(.ndjson): JSONPointDecoder(shape: .lines, options: options)
        case .format(.npy): NumpyDecoder(options: options, scratch: scratch)
        case .format(.arrow): ArrowDecoder(options: options, scratch: scratch)
        case .jsonOrLines: JSONPointDecoder(shape: .undecided, options: options)
        }
    }
}
