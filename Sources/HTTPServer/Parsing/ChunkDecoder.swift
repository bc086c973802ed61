/// Decodes the chunked transfer coding (RFC 9112, section 7.1) from octets that arrive in pieces of any size.
///
/// Strict where leniency lets requests be smuggled: CR LF and nothing else ends a line, sizes are hexadecimal digits,
/// extensions and trailers are bounded. Extensions are checked and dropped.
struct ChunkDecoder {
    private enum State {
        case size
        case afterSize
        case extensions
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
        case complete
    }

    private let lineLimit: Int
    private let trailerLimit: Int
    private let trailerFieldLimit: Int
    private var state = State.size
    private var size = 0
    private var digits = 0
    private var extensions = ChunkExtensions()
    private var lineLength = 0
    private var trailerLength = 0

    init(limits: ServerLimits) {
        lineLimit = limits.chunkLine
        trailerLimit = limits.trailerSection
        trailerFieldLimit = limits.headerFields
    }

    /// Whether the last chunk and its trailers have been read.
    var isComplete: Bool { state == .complete }

    /// Reads on to the next content, to the end of the coding or to the end of the octets.
    ///
    /// - Parameters:
    ///   - bytes: Octets of the connection, in order.
    ///   - position: Where to begin in them; afterwards, what has not been read yet.
    ///   - trailers: Takes the fields after the content.
    /// - Returns: Where content stands in the octets, or nil when none was found before their end or the coding's.
    mutating func decode(
        _ bytes: Span<UInt8>, from position: inout Int, _ trailers: inout TrailerFields
    ) throws(RequestError) -> Range<Int>? {
        while position < bytes.count {
            switch state {
            case .complete:
                return nil
            case .data:
                let count = min(size, bytes.count - position)
                let range = position..<(position + count)
                position += count
                size -= count
                if size == 0 { state = .dataCarriageReturn }
                return range
            default:
                try step(bytes[position], &trailers)
                position += 1
            }
        }
        return nil
    }

    private mutating func step(_ byte: UInt8, _ trailers: inout TrailerFields) throws(RequestError) {
        switch state {
        case .size, .afterSize, .extensions, .sizeLineFeed:
            lineLength += 1
            guard lineLength <= lineLimit else { throw .malformed("a chunk's size line is too long") }
            try stepInSizeLine(byte)
        case .dataCarriageReturn:
            try expect(byte, ByteClass.carriageReturn, then: .dataLineFeed)
        case .dataLineFeed:
            try expect(byte, ByteClass.lineFeed, then: .size)
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
            trailerLength += 1
            guard trailerLength <= trailerLimit else { throw .malformed("the trailer section is too long") }
            try stepInTrailer(byte, &trailers)
        case .data, .complete:
            break
        }
    }

    private mutating func expect(_ byte: UInt8, _ expected: UInt8, then next: State) throws(RequestError) {
        guard byte == expected else { throw .malformed("chunk data is not followed by CR LF") }
        state = next
    }

    private mutating func stepInSizeLine(_ byte: UInt8) throws(RequestError) {
        switch (state, byte) {
        case (.sizeLineFeed, ByteClass.lineFeed):
            state = size == 0 ? .trailerStart : .data
            (digits, lineLength) = (0, 0)
        case (.size, ByteClass.carriageReturn) where digits > 0,
            (.extensions, ByteClass.carriageReturn) where extensions.mayEnd:
            state = .sizeLineFeed
        case (.size, ByteClass.semicolon) where digits > 0, (.afterSize, ByteClass.semicolon):
            state = .extensions
            extensions = ChunkExtensions()
        case (.size, ByteClass.space) where digits > 0, (.size, ByteClass.tab) where digits > 0,
            (.afterSize, ByteClass.space), (.afterSize, ByteClass.tab):
            // Whitespace is allowed before an extension and nowhere else.
            state = .afterSize
        case (.extensions, _):
            guard extensions.read(byte) else { throw .malformed("a chunk's extensions are malformed") }
        case (.size, _):
            guard let digit = ByteClass.hexadecimalDigit(byte) else {
                throw .malformed("a chunk's size is not a hexadecimal number")
            }
            guard size <= Int.max >> 4 else { throw .malformed("a chunk's size is beyond any limit") }
            size = size << 4 | Int(digit)
            digits += 1
        default:
            throw .malformed("a chunk's size line is malformed")
        }
    }

    private mutating func stepInTrailer(_ byte: UInt8, _ trailers: inout TrailerFields) throws(RequestError) {
        func keep(_ next: State) -> State {
            trailers.append(byte)
            return next
        }
        switch (state, byte) {
        case (.trailerStart, ByteClass.carriageReturn): state = .lastLineFeed
        case (.lastLineFeed, ByteClass.lineFeed):
            try trailers.finish(limit: trailerFieldLimit)
            state = .complete
        case (.trailerStart, _) where ByteClass.isToken(byte): state = keep(.trailerName)
        case (.trailerName, _) where ByteClass.isToken(byte): state = keep(.trailerName)
        case (.trailerName, ByteClass.colon): state = keep(.trailerValue)
        case (.trailerValue, ByteClass.carriageReturn): state = .trailerLineFeed
        case (.trailerValue, _) where ByteClass.isFieldValue(byte): state = keep(.trailerValue)
        case (.trailerLineFeed, ByteClass.lineFeed): state = keep(.trailerStart)
        default: throw .malformed("a trailer field is malformed")
        }
    }
}
