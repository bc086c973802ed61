/// The columns of a `.npy` in Fortran order, which come one behind the other: those that count are kept, and turned when
/// the last is there.
struct NumpyColumns: Sendable {
    private let header: NumpyHeader
    private let plan: ColumnPlan
    private let dimension: Int
    private let type: NumberType
    private var scratch: ScratchBuffer
    private var columns: [StoredColumns.Column] = []
    private var stored: StoredColumns?
    private var done = 0

    init(
        _ header: NumpyHeader, _ plan: ColumnPlan, dimension: Int, _ type: NumberType, _ scratch: ScratchBuffer
    ) {
        self.type = type
        self.header = header
        self.plan = plan
        self.dimension = dimension
        self.scratch = scratch
    }

    /// Takes numbers of a column, as they are in the body.
    ///
    /// - Parameter row: the row of the first of them.
    mutating func take(_ numbers: UnsafeRawBufferPointer, column: Int, row: Int) throws {
        let slot = plan.slot(column)
        guard slot != ColumnPlan.skipped else { return }
        if row == 0 { columns.append(.init(start: scratch.count, slot: slot, width: 1, scalar: header.scalar)) }
        try scratch.append(numbers)
    }

    /// Hands rows over until the block is full; all numbers are there.
    ///
    /// - Returns: whether there are no more.
    mutating func emit(into block: inout RowBlock) throws -> Bool {
        var stored =
            self.stored.take()
            ?? StoredColumns(rows: header.rows, dimension: dimension, columns: columns, type: type)
        defer { self.stored = stored }
        while done < header.rows {
            if block.isFull { return false }
            // What is not finite was found when it came.
            if done == stored.stretch.upperBound { _ = try stored.readNext(header.rows, from: scratch) }
            done += stored.append(from: done, to: &block)
        }
        return true
    }
}
