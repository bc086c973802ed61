/// Reads `.npy`: a short header, then numbers of one type and nothing else.
///
/// C order is streamed. In Fortran order the columns come one behind the other, so that the first point is complete
/// only near the end: the columns that count go to a scratch buffer as they are.
struct NumpyDecoder: FormatDecoder {
    /// The most bytes a header may have; NumPy itself reads 10,000.
    private static let longestHeader = 65_536

    private let options: DecodingOptions
    private let scratch: ScratchSource?
    /// The header's bytes, then the bytes of a number that the last piece cut.
    private var pending: [UInt8] = []
    private var body: NumpyBody?

    init(options: DecodingOptions, scratch: ScratchSource?) {
        self.options = options
        self.scratch = scratch
    }

    mutating func decode(_ bytes: UnsafeRawBufferPointer, into block: inout RowBlock) throws -> Int {
        var taken = 0
        while body == nil, taken < bytes.count {
            pending.append(bytes[taken])
            taken += 1
            try readHeader()
            if body?.bytesBeforeRows != nil { return taken }
        }
        guard taken < bytes.count else { return taken }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
        return taken + (try body?.decode(rest, into: &block) ?? 0)
    }

    var bytesBeforeRows: Int? { body?.bytesBeforeRows }

    mutating func takeRows(_ bytes: UnsafeRawBufferPointer) -> (bytes: Int, dimension: Int) {
        body?.takeRows(bytes) ?? (0, 0)
    }

    mutating func finish(into block: inout RowBlock) throws -> Bool {
        guard body != nil else {
            if pending.isEmpty { throw FormatError.empty }
            throw FormatError(
                code: .malformed, detail: "the body ends inside the .npy header. Send the whole file.",
                places: [.init(byte: pending.count, detail: "the end of the body")])
        }
        return try body?.finish(into: &block) ?? true
    }

    func summary(rows: Int, dimension: Int) -> DecodedSummary {
        DecodedSummary(
            format: .npy, schema: PointSchema(columns: nil, dimension: dimension), rows: rows, warnings: [],
            isExact: body?.isExact ?? false, suspectsStrippedLineEnds: false)
    }

    /// Looks at the header's bytes so far: `\x93NUMPY`, version, length, dictionary.
    private mutating func readHeader() throws(FormatError) {
        let magic = Signature.numpy
        if pending.count <= magic.count {
            guard magic.starts(with: pending) else { throw Self.error("does not start as a .npy does") }
            return
        }
        let major = pending[magic.count]
        guard (1...3).contains(major) else { throw Self.error("is a .npy of version \(major), which is unknown") }
        let lengthBytes = major == 1 ? 2 : 4
        let start = magic.count + 2 + lengthBytes
        guard pending.count >= start else { return }
        let length = pending[(magic.count + 2)..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longestHeader else {
            throw Self.error("has a header of \(length) bytes, which is too long")
        }
        guard pending.count == start + length else { return }
        body = try NumpyBody(NumpyHeader(dictionary: Array(pending[start...])), start + length, options, scratch)
        pending = []
    }

    private static func error(_ problem: String) -> FormatError {
        FormatError(
            code: .malformed, detail: "the body \(problem). Write the file with numpy.save.",
            places: [.init(byte: 0, detail: "the body \(problem)")])
    }
}
