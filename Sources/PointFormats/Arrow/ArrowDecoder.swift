/// Reads the Arrow IPC formats: a stream of messages, or a file, which is such a stream between a magic number and a
/// footer (Arrow columnar format 1.5, "Serialization and Interprocess Communication").
///
/// A message is eight bytes, of which four say how long its metadata is, the metadata as FlatBuffers, and a body. The
/// first describes the columns, the others hold record batches, or dictionaries, of which those of ids are kept. The footer
/// tells a reader of the file where each batch lies; one that reads from the front has no need of it.
struct ArrowDecoder: FormatDecoder {
    /// The most bytes that the metadata of a message may have.
    private static let longestMetadata = 16 << 20

    private enum State {
        /// At the first eight bytes.
        case start
        /// In front of a message, or in its first eight bytes.
        case prefix
        /// In the schema of a file that does not say how long it is, as polars writes it.
        case schema
        /// In metadata of so many bytes.
        case metadata(Int)
        /// In the body of a record batch.
        case body(ArrowBody)
        /// In the body of a dictionary.
        case dictionary(ArrowDictionaryBody)
        /// Behind it, while its rows are handed over.
        case rows(ArrowRows)
        /// In so many bytes that do not count.
        case skipped(Int)
        /// Behind the end marker.
        case footer
    }

    private let options: DecodingOptions
    private let scratch: ScratchSource?
    private var state = State.start
    /// Bytes of a prefix or of metadata.
    private var pending: [UInt8] = []
    private var isFile = false
    private var reader: ArrowRowReader?
    /// How many bytes were read.
    private var position = 0
    /// How many bytes are behind the end marker, and the last of them.
    private var footerLength = 0
    private var tail: [UInt8] = []

    init(options: DecodingOptions, scratch: ScratchSource?) {
        self.options = options
        self.scratch = scratch
    }

    mutating func decode(_ bytes: UnsafeRawBufferPointer, into block: inout RowBlock) throws -> Int {
        var taken = 0
        while try step(bytes, &taken, &block) {}
        return taken
    }

    mutating func finish(into block: inout RowBlock) throws -> Bool {
        var taken = 0
        while case .rows = state {
            if try !step(UnsafeRawBufferPointer(start: nil, count: 0), &taken, &block) { return false }
        }
        switch state {
        case .start where pending.isEmpty: throw FormatError.empty
        case .prefix where pending.isEmpty && !isFile && reader != nil: return true
        case .footer where !isFile: return true
        case .footer where isFooterWhole: return true
        default:
            throw FormatError(
                code: .malformed,
                detail: "the Arrow data is cut off after \(position) bytes. Send the whole file, and close the writer "
                    + "before.", places: [.init(byte: position, detail: "the end of the body")])
        }
    }

    func summary(rows: Int, dimension: Int) -> DecodedSummary {
        DecodedSummary(
            format: .arrow,
            schema: PointSchema(
                columns: reader?.schema.names, dimension: dimension, identifier: reader?.schema.identifier),
            rows: rows, warnings: [], isExact: reader?.schema.fits(options.numberType) ?? false,
            suspectsStrippedLineEnds: false)
    }

    /// Reads on as far as the state goes.
    ///
    /// - Returns: `false` when there are no more bytes, or the block is full.
    private mutating func step(
        _ bytes: UnsafeRawBufferPointer, _ taken: inout Int, _ block: inout RowBlock
    ) throws -> Bool {
        switch state {
        case .start:
            guard gather(8, bytes, &taken) else { return false }
            isFile = pending == Signature.arrowFile
            state = .prefix
            if isFile { pending = [] } else { try readPrefix() }
        case .prefix:
            guard gather(8, bytes, &taken) else { return false }
            if isFile, reader == nil, isSchema { state = .schema } else { try readPrefix() }
        case .schema:
            guard gather((pending.count / 8 + 1) * 8, bytes, &taken) else { return false }
            try readSchema()
        case .metadata(let length):
            guard gather(length, bytes, &taken) else { return false }
            let metadata = FlatBuffer(bytes: pending)
            pending = []
            try readMessage(metadata.root())
        case .body(var body):
            // Only one owner, so that what it grows by is not copied.
            state = .prefix
            let read = try readBody(&body, UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            taken += read
            position += read
            let isComplete = body.isComplete
            state = isComplete ? .rows(try rows(of: body)) : .body(body)
            return isComplete
        case .dictionary(var body):
            state = .prefix
            let read = try body.read(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            taken += read
            position += read
            guard body.isComplete else {
                state = .dictionary(body)
                return false
            }
            try body.finish(&reader)
        case .rows(var rows):
            state = .prefix
            guard try emit(&rows, &block) else {
                state = .rows(rows)
                return false
            }
        case .skipped(let count):
            let skipped = min(count, bytes.count - taken)
            taken += skipped
            position += skipped
            state = skipped == count ? .prefix : .skipped(count - skipped)
            return skipped == count
        case .footer:
            if !isFile, taken < bytes.count {
                throw FormatError(
                    code: .malformed,
                    detail: "bytes follow the end of the Arrow stream. Send one stream, and nothing behind it.",
                    places: [.init(byte: position, detail: "the end of the stream")])
            }
            let rest = bytes[taken...]
            footerLength += rest.count
            position += rest.count
            tail = Array((tail + rest.suffix(10)).suffix(10))
            taken = bytes.count
            return false
        }
        return true
    }

    private mutating func readBody(_ body: inout ArrowBody, _ bytes: UnsafeRawBufferPointer) throws -> Int {
        guard var reader = self.reader.take() else { throw Self.withoutSchema }
        defer { self.reader = reader }
        return try body.read(bytes, &reader)
    }

    private func rows(of body: ArrowBody) throws(FormatError) -> ArrowRows {
        guard let reader else { throw Self.withoutSchema }
        return try ArrowRows(body, reader.schema, options.numberType)
    }

    /// Hands rows over.
    ///
    /// - Returns: whether that were all of the batch.
    private mutating func emit(_ rows: inout ArrowRows, _ block: inout RowBlock) throws -> Bool {
        guard var reader = self.reader.take() else { throw Self.withoutSchema }
        defer { self.reader = reader }
        guard try rows.emit(into: &block, &reader) else { return false }
        reader.end(rows: rows.count)
        return true
    }

    /// Takes bytes until `count` are there.
    ///
    /// - Returns: whether they are.
    private mutating func gather(_ count: Int, _ bytes: UnsafeRawBufferPointer, _ taken: inout Int) -> Bool {
        let missing = min(count - pending.count, bytes.count - taken)
        pending.append(contentsOf: bytes[taken..<taken + missing])
        taken += missing
        position += missing
        return pending.count == count
    }

    private mutating func readPrefix() throws(FormatError) {
        guard pending.starts(with: Signature.arrowMessage) else {
            throw FormatError(
                code: .malformed,
                detail: reader == nil && !isFile
                    ? "the body does not start as Arrow IPC does. Write it with pyarrow.ipc.new_stream or new_file."
                    : "no Arrow message starts at byte \(position - 8). Write the file again, with Arrow 0.15 or newer.",
                places: [.init(byte: position - 8, detail: "no Arrow message")])
        }
        let length = Int(Int32(bitPattern: pending[4...].reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        pending = []
        if length == 0 {
            guard reader != nil else { throw Self.withoutSchema }
            state = .footer
            return
        }
        guard (8...Self.longestMetadata).contains(length) else {
            throw FormatError(
                code: length < 8 ? .malformed : .tooLarge,
                detail: "an Arrow message has metadata of \(length) bytes; at most \(Self.longestMetadata) are read. "
                    + "Send fewer columns.")
        }
        state = .metadata(length)
    }

    /// Whether the eight bytes behind a file's magic number start a message and do not announce one: the place of its
    /// root table is smaller than any message is long.
    private var isSchema: Bool { (4..<64).contains(pending[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }) }

    /// Looks whether the schema ended in front of the last eight bytes, where the next message starts: neither a text
    /// nor an offset in a schema looks so.
    private mutating func readSchema() throws(FormatError) {
        let prefix = pending.suffix(8)
        let length = prefix.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard prefix.starts(with: Signature.arrowMessage), length == 0 || (8...Self.longestMetadata).contains(length)
        else {
            guard pending.count <= Self.longestMetadata else { throw Self.withoutSchema }
            return
        }
        let metadata = FlatBuffer(bytes: pending.dropLast(8))
        pending = Array(prefix)
        try readMessage(metadata.root())
        guard reader != nil else { throw Self.withoutSchema }
        try readPrefix()
    }

    private mutating func readMessage(_ message: FlatTable) throws(FormatError) {
        let version = Int(try message.number(0, default: 0 as Int16))
        guard version == 3 || version == 4 else {
            throw FormatError(
                code: .unprocessable,
                detail: "the Arrow metadata is of version \(version + 1), where 4 and 5 are read. Write the file again "
                    + "with a newer Arrow.")
        }
        let bodyLength = Int(try message.number(3, default: 0 as Int64))
        guard (0..<1 << 62).contains(bodyLength), let content = try message.table(2) else { throw FlatBuffer.damaged }
        let kind = try message.number(1, default: 0 as UInt8)
        state = .skipped(bodyLength)
        switch (kind, reader) {
        case (1, nil):
            reader = ArrowRowReader(try ArrowSchema(content, version: version, options), options, scratch)
        case (1, _):
            throw FormatError(
                code: .malformed, detail: "the Arrow data has two schemas. Send one table at a time.")
        case (2, let reader?):
            let body = try ArrowDictionaryBody(content, reader.schema, bodyLength: bodyLength, options)
            if let body { state = .dictionary(body) }
        case (3, let reader?):
            let batch = try ArrowBatch(content, reader.schema, bodyLength: bodyLength)
            self.reader?.begin()
            if batch.rows > 0 { state = .body(ArrowBody(batch, length: bodyLength)) }
        case (2, nil), (3, nil): throw Self.withoutSchema
        default:
            throw FormatError(
                code: .unprocessable,
                detail: "the Arrow data is a tensor or something else that is no table. Send a table, or the array as "
                    + ".npy.")
        }
    }

    /// Whether what follows the end marker is a footer, its length and the magic number.
    private var isFooterWhole: Bool {
        guard footerLength >= 10, tail.suffix(6).elementsEqual(Signature.arrowFile.prefix(6)) else { return false }
        return tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) } == footerLength - 10
    }

    private static let withoutSchema = FormatError(
        code: .malformed, detail: "the Arrow data does not start with a schema. Write the file again.")
}
