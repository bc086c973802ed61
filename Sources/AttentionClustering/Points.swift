/// An immutable set of points (tokens), one row a point, held as row-major single-precision numbers.
///
/// ```swift
/// let points = try Points(values: [0, 0, 0, 1, 5, 5], count: 3, dimension: 2)
/// ```
///
/// Shape `N×d`. Copies share one buffer, which may be an array's or a memory-mapped file's. Values are not checked
/// here; ``AttentionHeads`` refuses non-finite ones with the row that holds them.
public struct Points: Sendable {
    /// The number of points, `N`.
    public let count: Int
    /// The number of coordinates of a point, `d`.
    public let dimension: Int
    let storage: PointStorage

    /// Copies `values` into a new point set.
    ///
    /// - Parameters:
    ///   - values: `count·dimension` numbers, row after row.
    /// - Throws: ``ShapeError`` unless `values` holds exactly `count·dimension` numbers and neither is negative.
    /// - Complexity: O(N·d).
    public init(values: [Float], count: Int, dimension: Int) throws(ShapeError) {
        try self.init(storage: PointStorage(copying: values), count: count, dimension: dimension)
    }

    /// Views memory that somebody else filled, such as a mapped file.
    ///
    /// - Throws: ``ShapeError`` unless `storage` holds exactly `count·dimension` numbers and neither is negative.
    /// - Complexity: O(1).
    public init(storage: PointStorage, count: Int, dimension: Int) throws(ShapeError) {
        let (expected, overflow) = count.multipliedReportingOverflow(by: dimension)
        guard count >= 0, dimension >= 0, !overflow, storage.values.count == expected else {
            throw ShapeError(valueCount: storage.values.count, count: count, dimension: dimension)
        }
        self.count = count
        self.dimension = dimension
        self.storage = storage
    }

    /// Views memory of exactly `count·dimension` numbers.
    init(unchecked storage: PointStorage, count: Int, dimension: Int) {
        self.storage = storage
        self.count = count
        self.dimension = dimension
    }

    /// Calls `body` with all `count·dimension` numbers, row after row.
    ///
    /// The pointer must not leave `body`.
    public func withUnsafeValues<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.values)
    }

    /// The coordinates of point `row`.
    ///
    /// - Complexity: O(d).
    public subscript(row: Int) -> [Float] {
        precondition(row >= 0 && row < count, "row \(row) is outside 0..<\(count)")
        return Array(storage.values[row * dimension..<(row + 1) * dimension])
    }
}

/// Memory that holds the numbers of a ``Points`` value for as long as one is alive.
///
/// `@unchecked Sendable` is sound: the memory is never written after `init`, and `owner` is only held, and called only
/// where it is a ``PagedMemory``, which is `Sendable`.
public final class PointStorage: @unchecked Sendable {
    let values: UnsafeBufferPointer<Float>
    private let owner: AnyObject

    /// The owner, where the memory is read from a file as it is touched.
    var pages: (any PagedMemory)? { owner as? any PagedMemory }

    /// Views `values`, which nobody may write from now on.
    ///
    /// - Parameter owner: keeps the memory alive and gives it back in its `deinit`, such as a mapped file.
    public init(_ values: UnsafeBufferPointer<Float>, owner: AnyObject) {
        self.values = values
        self.owner = owner
    }

    /// Copies `values` to the heap.
    convenience init(copying values: [Float]) {
        let buffer = HeapBuffer(values)
        self.init(UnsafeBufferPointer(buffer.memory), owner: buffer)
    }

    private final class HeapBuffer {
        let memory: UnsafeMutableBufferPointer<Float>

        init(_ values: [Float]) {
            memory = .allocate(capacity: values.count)
            _ = memory.initialize(fromContentsOf: values)
        }

        deinit { memory.deallocate() }
    }
}

/// Owner of memory that is read from a file when it is touched.
public protocol PagedMemory: AnyObject, Sendable {
    /// Begins to read a part of it, and waits for nothing.
    func prefetch(_ part: UnsafeRawBufferPointer)
}

/// The error of a buffer whose length is not `count·dimension`.
public struct ShapeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// How many numbers there were.
    public let valueCount: Int
    /// How many points were announced.
    public let count: Int
    /// How many coordinates a point was announced to have.
    public let dimension: Int

    /// What does not fit, in words.
    public var description: String {
        "\(valueCount) numbers do not make \(count) points of \(dimension) coordinates"
    }
}
