public import AttentionClustering

/// Something that takes decoded points block by block: an array, a file, a running mean.
public protocol PointSink {
    /// Takes the next points.
    ///
    /// - Parameters:
    ///   - rows: whole points, row after row; about 64 KiB, or one row when that is longer. Valid during the call only.
    ///   - dimension: the number of coordinates of a point; the same in every call, and it divides `rows.count`.
    /// - Throws: whatever keeps the sink from taking them; decoding stops there.
    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws

    /// Takes the next points in double precision; called instead of the other where
    /// ``DecodingOptions/numberType`` is `float64`.
    ///
    /// Without an implementation of its own a sink is given them rounded to `Float`.
    ///
    /// - Parameters:
    ///   - rows: whole points, row after row; valid during the call only.
    ///   - dimension: the number of coordinates of a point.
    /// - Throws: whatever keeps the sink from taking them; decoding stops there.
    mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) throws

    /// Takes the next points as their bytes lie in the body, which need not be aligned; called instead of the others
    /// where they need no conversion.
    ///
    /// Without an implementation of its own a sink is given an aligned copy by one of the others.
    ///
    /// - Parameters:
    ///   - rows: finite numbers of the machine's byte order, whole points row after row; valid during the call only.
    ///   - type: the type of the numbers, which is ``DecodingOptions/numberType``.
    ///   - dimension: the number of coordinates of a point.
    /// - Throws: whatever keeps the sink from taking them; decoding stops there.
    mutating func append(packed rows: UnsafeRawBufferPointer, of type: NumberType, dimension: Int) throws

    /// Takes the identifiers of the next points, just before the points; never called without an
    /// ``DecodingOptions/identifierColumn``.
    ///
    /// - Parameter identifiers: one for each of the points that come next.
    /// - Throws: whatever keeps the sink from taking them; decoding stops there.
    mutating func append(_ identifiers: RowIdentifiers) throws
}

extension PointSink {
    /// Takes the points rounded to `Float`.
    public mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) throws {
        try rows.map(Float.init).withUnsafeBufferPointer { try append($0, dimension: dimension) }
    }

    /// Takes an aligned copy of the points.
    public mutating func append(packed rows: UnsafeRawBufferPointer, of type: NumberType, dimension: Int) throws {
        switch type {
        case .float32:
            try copy(of: rows, as: Float.self).withUnsafeBufferPointer { try append($0, dimension: dimension) }
        case .float64:
            try copy(of: rows, as: Double.self).withUnsafeBufferPointer { try append($0, dimension: dimension) }
        }
    }

    private func copy<Scalar: BinaryFloatingPoint>(
        of bytes: UnsafeRawBufferPointer, as: Scalar.Type
    ) -> [Scalar] {
        let size = MemoryLayout<Scalar>.stride
        return [Scalar](unsafeUninitializedCapacity: bytes.count / size) { target, count in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            count = bytes.count / size
        }
    }

    /// Drops the identifiers.
    public mutating func append(_ identifiers: RowIdentifiers) {}
}

/// A sink that keeps every point in memory.
public struct PointArray: PointSink, Sendable {
    /// The coordinates, row after row.
    public var values: [Float] = []
    /// The number of coordinates of a point; 0 before the first point.
    public private(set) var dimension = 0

    /// An array without points.
    public init() {}

    /// Takes the next points.
    ///
    /// - Complexity: amortized O(`rows.count`).
    public mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
        self.dimension = dimension
        values.append(contentsOf: rows)
    }

    /// The points taken so far.
    ///
    /// - Throws: ``FormatError`` with code `noRows` when there are none.
    /// - Complexity: O(N·d).
    public func points() throws -> Points {
        guard dimension > 0 else { throw FormatError.noRows }
        return try Points(values: values, count: values.count / dimension, dimension: dimension)
    }
}

/// Decodes a body that is in memory as a whole.
///
/// ```swift
/// let (points, schema) = try decodePoints(Array("x,y\n1,2\n3,4\n".utf8), format: nil)
/// ```
///
/// - Parameters:
///   - bytes: the whole body.
///   - format: what it holds; `nil` looks at the first bytes.
/// - Throws: ``FormatError`` that names the place and the fix.
/// - Complexity: O(`bytes.count`).
public func decodePoints(
    _ bytes: [UInt8], format: PointFormat?, options: DecodingOptions = DecodingOptions()
) throws -> (points: Points, schema: PointSchema) {
    var decoder = PointDecoder(format: format, options: options)
    var array = PointArray()
    try bytes.withUnsafeBytes { try decoder.feed($0, into: &array) }
    let summary = try decoder.finish(into: &array)
    return (try array.points(), summary.schema)
}
