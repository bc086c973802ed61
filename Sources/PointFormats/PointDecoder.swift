/// An incremental decoder: fed with a body in any pieces, it gives the points to a sink block by block.
///
/// ```swift
/// var decoder = PointDecoder(format: nil, options: DecodingOptions())
/// var points = PointArray()
/// for piece in pieces { try piece.withUnsafeBytes { try decoder.feed($0, into: &points) } }
/// let summary = try decoder.finish(into: &points)
/// ```
///
/// The result does not depend on where the pieces are cut. Memory is bounded by ``DecodingOptions``, not by the body:
/// one block of points, one row, and up to 1 MiB of a CSV's first lines. Columns that lie one behind the other, in Arrow or
/// in a `.npy` in Fortran order, go to a ``ScratchSource`` beyond 16 MiB. After an error the decoder stays failed: every later call throws the same error.
public struct PointDecoder: Sendable {
    private let options: DecodingOptions
    private let scratch: ScratchSource?
    /// The format that the body is said to have.
    private let format: PointFormat?
    /// The first bytes, for as long as they do not tell the format, or that it is not another than is said.
    private var prefix: [UInt8] = []
    private var body: (any FormatDecoder)?
    private var block: RowBlock
    private var failure: FormatError?
    /// What to say beside every mistake.
    private var hint: String?

    /// A decoder at the start of a body.
    ///
    /// - Parameters:
    ///   - format: what the body holds; `nil` looks at its first bytes, see ``PointFormat/sniff(_:)``. One that starts
    ///     with the magic number of another is refused.
    ///   - scratch: makes room outside memory for columns that lie one behind the other; `nil` keeps them in memory. A
    ///     decoder that has written there shares it with its copies, of which only one may go on.
    public init(
        format: PointFormat?, options: DecodingOptions = DecodingOptions(), scratch: ScratchSource? = nil
    ) {
        var options = options
        options.maximumColumns = max(1, options.maximumColumns)
        self.options = options
        self.scratch = scratch
        self.format = format
        block = RowBlock(options.numberType)
    }

    /// Reads the next piece of the body, of any length.
    ///
    /// - Throws: ``FormatError`` for the body's mistakes, or whatever the sink throws.
    /// - Complexity: O(`bytes.count`).
    public mutating func feed<S: PointSink>(_ bytes: UnsafeRawBufferPointer, into sink: inout S) throws {
        try rememberingFailure { decoder throws in
            var rest = bytes
            if decoder.body == nil {
                guard let taken = try decoder.detect(bytes) else { return }
                rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
                try decoder.decodePrefix(into: &sink)
            }
            try decoder.decode(rest, into: &sink)
        }
    }

    /// Ends the body and hands the last points over.
    ///
    /// - Returns: what was read; at least one row.
    /// - Throws: ``FormatError`` for a body that is cut off, empty or without points, or whatever the sink throws.
    public mutating func finish<S: PointSink>(into sink: inout S) throws -> DecodedSummary {
        try rememberingFailure { decoder throws in
            if decoder.body == nil {
                try decoder.begin(decoder.format.map(BodyKind.format) ?? Sniffer.kind(ofWhole: decoder.prefix))
                try decoder.decodePrefix(into: &sink)
            }
            while try decoder.body?.finish(into: &decoder.block) == false { try decoder.handOver(to: &sink) }
            try decoder.handOver(to: &sink)
            let block = decoder.block
            guard block.rowCount > 0, let body = decoder.body else { throw FormatError.noRows }
            return body.summary(rows: block.rowCount, dimension: block.dimension)
        }
    }

    /// The columns as far as they are known: from the first point on, without names that come behind the points.
    public var schema: PointSchema? {
        guard block.rowCount > 0, let body else { return nil }
        return body.summary(rows: block.rowCount, dimension: block.dimension).schema
    }

    /// How many bytes of rows were fed and not handed over yet, where rows are handed over as their bytes lie; nil where
    /// numbers are converted.
    ///
    /// Where a caller puts the next bytes so far behind those of the rows before, rows reach the sink at the places
    /// where they follow one another; one that was cut reaches it from elsewhere, before any that lies behind it.
    public var bytesOfBegunRows: Int? {
        guard let missing = body?.bytesBeforeRows else { return nil }
        // A number that was cut is not in the block.
        let size = block.type.size
        return block.count * size + (missing + size - 1) / size * size - missing
    }

    /// Takes first bytes into `prefix` until they tell the format.
    ///
    /// - Returns: how many were taken, or `nil` when they do not tell it yet.
    private mutating func detect(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int? {
        for (index, byte) in bytes.enumerated() {
            prefix.append(byte)
            if let format {
                if case .needMore = Sniffer.verdict(prefix, isWhole: false) { continue }
                try begin(.format(format))
                return index + 1
            }
            if let kind = try Sniffer.kind(ofStart: prefix) {
                try begin(kind)
                return index + 1
            }
        }
        return nil
    }

    /// Decides what decodes the body, whose start is in `prefix`.
    private mutating func begin(_ kind: BodyKind) throws(FormatError) {
        if let format {
            try Sniffer.check(prefix, isSaidToBe: format)
            hint = Sniffer.hint(prefix, isSaidToBe: format)
        }
        body = kind.decoder(options, scratch)
    }

    private mutating func decodePrefix<S: PointSink>(into sink: inout S) throws {
        let start = prefix
        prefix = []
        try start.withUnsafeBytes { try decode($0, into: &sink) }
    }

    private mutating func decode<S: PointSink>(_ bytes: UnsafeRawBufferPointer, into sink: inout S) throws {
        var rest = try passRows(bytes, into: &sink)
        while let taken = try body?.decode(rest, into: &block) {
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            if block.isFull {
                try handOver(to: &sink)
            } else if rest.isEmpty {
                return
            }
            rest = try passRows(rest, into: &sink)
        }
    }

    /// Passes whole rows that lie there as they are kept to the sink, without a way through the block.
    ///
    /// - Returns: what has to be decoded.
    private mutating func passRows<S: PointSink>(
        _ bytes: UnsafeRawBufferPointer, into sink: inout S
    ) throws -> UnsafeRawBufferPointer {
        guard let cut = body?.bytesBeforeRows, cut < bytes.count else { return bytes }
        var rest = bytes
        if cut > 0 {
            let taken = try body?.decode(UnsafeRawBufferPointer(rebasing: rest[..<cut]), into: &block) ?? 0
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            guard taken == cut else { return rest }
        }
        while let (taken, dimension) = body?.takeRows(rest), taken > 0 {
            try handOver(to: &sink)
            let rows = UnsafeRawBufferPointer(rebasing: rest[..<taken])
            block.pass(rows: taken / block.type.size / dimension, dimension: dimension)
            try sink.append(packed: rows, of: block.type, dimension: dimension)
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        }
        return rest
    }

    private mutating func handOver<S: PointSink>(to sink: inout S) throws {
        guard block.rowStart > 0 else { return }
        if block.identifiers.count > 0 { try sink.append(block.identifiers) }
        switch block.type {
        case .float32:
            try block.values.withUnsafeBufferPointer {
                try sink.append(UnsafeBufferPointer(rebasing: $0[..<block.rowStart]), dimension: block.dimension)
            }
        case .float64:
            try block.wideValues.withUnsafeBufferPointer {
                try sink.append(UnsafeBufferPointer(rebasing: $0[..<block.rowStart]), dimension: block.dimension)
            }
        }
        block.removeRows()
    }

    private mutating func rememberingFailure<Result>(
        _ body: (inout PointDecoder) throws -> Result
    ) throws -> Result {
        if let failure { throw failure }
        do {
            return try body(&self)
        } catch let error as FormatError {
            let told = hint.map(error.adding) ?? error
            failure = told
            throw told
        }
    }
}
