/// What reads one format: a machine that takes bytes and completes rows in a block.
protocol FormatDecoder: Sendable {
    /// Reads until the bytes end or the block is full.
    ///
    /// - Returns: how many bytes were read; fewer than given only when the block is full.
    /// - Throws: ``FormatError``, or what the scratch storage throws.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, into block: inout RowBlock) throws -> Int

    /// Ends the body. Called again, with an emptied block, until it returns `true`.
    mutating func finish(into block: inout RowBlock) throws -> Bool

    /// What was read, once `finish` returned `true`.
    func summary(rows: Int, dimension: Int) -> DecodedSummary
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
