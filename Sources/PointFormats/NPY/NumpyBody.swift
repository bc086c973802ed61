/// The numbers of a `.npy` behind its header.
struct NumpyBody: Sendable {
    private let header: NumpyHeader
    private let start: Int
    private let plan: ColumnPlan
    private let dimension: Int
    private let type: NumberType

    /// Whether no number has to be rounded.
    var isExact: Bool { header.scalar.fits(type) }

    /// How many numbers were read.
    private var index = 0
    /// The row and the column, in the file, of the number that comes next.
    private var row = 0
    private var column = 0
    /// The bytes of a number that the last piece cut.
    private var pending: [UInt8] = []
    /// In Fortran order, the columns that count.
    private var columns: NumpyColumns?
    private var problems = ProblemLog()
    /// Whether rows lie there as they are kept, for as long as all numbers are finite.
    private var takesRows: Bool

    /// - Parameter start: where in the body the numbers start.
    init(
        _ header: NumpyHeader, _ start: Int, _ options: DecodingOptions, _ scratch: ScratchSource?
    ) throws(FormatError) {
        self.header = header
        self.start = start
        type = options.numberType
        guard header.columns <= options.maximumColumns else {
            throw FormatError(
                code: .tooLarge,
                detail: "the array has \(header.columns) columns, more than \(options.maximumColumns). Send fewer.",
                places: [.init(detail: "more than \(options.maximumColumns) columns")])
        }
        guard header.rows > 0 else { throw .noRows }
        guard header.columns > 0 else {
            throw FormatError(
                code: .unprocessable,
                detail: "the array has shape (\(header.rows), 0): points without numbers. Send at least one column.",
                places: [.init(byte: 0, name: "shape", detail: "no columns")])
        }
        guard options.identifierColumn == nil else {
            throw FormatError(
                code: .unprocessable,
                detail: "an array of numbers has no text for id_column. Leave id_column out, or send CSV or JSON.",
                places: [.init(name: "id_column", detail: "an array has no column of text")])
        }
        plan = try ColumnPlan(options, names: nil, width: header.columns)
        dimension = plan.dimension ?? header.columns
        takesRows = header.scalar.isStored(options.numberType) && !header.isFortranOrder && plan.dimension == nil
        guard header.isFortranOrder else { return }
        let held = header.rows.multipliedReportingOverflow(by: header.scalar.size * dimension)
        guard scratch != nil || !held.overflow && held.partialValue <= options.maximumBufferedBytes else {
            throw FormatError(
                code: .tooLarge,
                detail:
                    "an array in Fortran order is held in memory as a whole, at most \(options.maximumBufferedBytes) "
                    + "bytes. Save it in C order: numpy.save(file, numpy.ascontiguousarray(x)).",
                places: [.init(detail: "Fortran order")])
        }
        columns = NumpyColumns(
            header, plan, dimension: dimension, options.numberType,
            ScratchBuffer(scratch, limit: options.maximumBufferedBytes))
    }

    private var count: Int { header.rows * header.columns }

    /// Reads until the bytes end or the block is full.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, into block: inout RowBlock) throws -> Int {
        let size = header.scalar.size
        var taken = 0
        while !pending.isEmpty, taken < bytes.count {
            pending.append(bytes[taken])
            taken += 1
            if pending.count == size {
                let number = pending
                pending = []
                try number.withUnsafeBytes { _ = try readNumbers($0, &block) }
            }
        }
        if block.isFull || taken == bytes.count { return taken }
        taken += try readNumbers(UnsafeRawBufferPointer(rebasing: bytes[taken...]), &block)
        if block.isFull { return taken }
        guard index < count || taken == bytes.count else {
            let end = start + header.byteCount
            throw FormatError(
                code: .malformed,
                detail: "bytes follow the \(header.byteCount) bytes of numbers that the header announces. "
                    + "Send one array, written with numpy.save.",
                places: [.init(byte: end, detail: "the end of the array")])
        }
        pending = Array(bytes[taken...])
        return bytes.count
    }

    /// Ends the body, and in Fortran order hands the points over.
    ///
    /// - Returns: whether all were handed over.
    mutating func finish(into block: inout RowBlock) throws -> Bool {
        guard index == count else {
            let present = index * header.scalar.size + pending.count
            throw FormatError(
                code: .malformed,
                detail: "the array is cut off: \(present) of \(header.byteCount) bytes of numbers are there. "
                    + "Send the whole file.",
                places: [.init(byte: start + present, detail: "the end of the body")])
        }
        try problems.checkAtEnd()
        return try columns?.emit(into: &block) ?? true
    }

    /// Reads the whole numbers of a piece, up to the end of the array.
    ///
    /// - Returns: how many bytes they take.
    private mutating func readNumbers(
        _ bytes: UnsafeRawBufferPointer, _ block: inout RowBlock
    ) throws -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let size = header.scalar.size
        let available = min(bytes.count / size, count - index)
        if header.isFortranOrder {
            try readColumns(UnsafeRawBufferPointer(rebasing: bytes[..<(available * size)]))
            index += available
            return available * size
        }
        var done = 0
        while done < available, !block.isFull {
            let value = header.scalar.load(base + done * size, type)
            done += 1
            let slot = plan.slot(column)
            if slot != ColumnPlan.skipped {
                if !value.isFinite { note(value, base + (done - 1) * size, row) }
                store(value, slot, &block)
            }
            try advance(&block)
        }
        index += done
        return done * size
    }

    /// Reads numbers in Fortran order, a run of one column after the other.
    private mutating func readColumns(_ bytes: UnsafeRawBufferPointer) throws {
        let size = header.scalar.size
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = min(rest.count / size, header.rows - row)
            if plan.slot(column) != ColumnPlan.skipped {
                for number in 0..<count {
                    let value = header.scalar.load(base + number * size, type)
                    if !value.isFinite { note(value, base + number * size, row + number) }
                }
            }
            let run = UnsafeRawBufferPointer(rebasing: rest[..<(count * size)])
            try columns?.take(run, column: column, row: row)
            rest = UnsafeRawBufferPointer(rebasing: rest[(count * size)...])
            row += count
            if row == header.rows {
                row = 0
                column += 1
            }
        }
    }

    /// How many bytes are left of the row that the last piece cut; nil when rows do not lie there as they are kept.
    var bytesBeforeRows: Int? {
        guard takesRows else { return nil }
        return column == 0 && pending.isEmpty ? 0 : (header.columns - column) * header.scalar.size - pending.count
    }

    /// Takes whole rows that lie there as they are kept.
    ///
    /// - Returns: how many bytes they take; 0 when a row is cut or a number is not finite, which is then looked for.
    mutating func takeRows(_ bytes: UnsafeRawBufferPointer) -> (bytes: Int, dimension: Int) {
        let rowSize = header.columns * header.scalar.size
        let rows = min(
            bytes.count / rowSize, header.rows - row, max(1, RowBlock.handOverCount / header.columns))
        let whole = UnsafeRawBufferPointer(rebasing: bytes[..<(rows * rowSize)])
        takesRows = FiniteNumbers.fill(whole, type)
        guard takesRows else { return (0, 0) }
        row += rows
        index += rows * header.columns
        return (rows * rowSize, header.columns)
    }

    @inline(__always)
    private mutating func store(_ value: Double, _ slot: Int, _ block: inout RowBlock) {
        if plan.dimension == nil {
            block.append(value)
        } else {
            if block.count == block.rowStart { block.beginRow(dimension: dimension) }
            block.set(slot, value)
        }
    }

    /// Steps to the next number, and ends the row.
    @inline(__always)
    private mutating func advance(_ block: inout RowBlock) throws(FormatError) {
        column += 1
        guard column == header.columns else { return }
        column = 0
        row += 1
        if problems.isEmpty {
            block.endRow()
        } else {
            block.dropRow()
            try problems.check(at: start + row * header.columns * header.scalar.size)
        }
    }

    private mutating func note(_ value: Double, _ address: UnsafeRawPointer, _ row: Int) {
        let offset = header.isFortranOrder ? column * header.rows + row : row * header.columns + column
        let isTooLarge = value.isInfinite && header.scalar.isFinite(address)
        let place = FormatError.Place(
            column: column + 1, row: row, byte: start + offset * header.scalar.size,
            detail: isTooLarge
                ? "the number is too large for \(8 * type.size) bits"
                : value.isNaN ? "nan is not a finite number" : "inf is not a finite number")
        problems.note(
            place, label: "x[\(row), \(column)]",
            fix: isTooLarge ? "Scale the column down." : "Fill it in, or leave the row or the column out.")
    }
}
