extension ByteWriter {
    /// A type of numbers that a `.npy` is written in, little-endian.
    public enum NumpyType: String, Sendable {
        /// 32-bit floats.
        case float32 = "<f4"
        /// 64-bit floats.
        case float64 = "<f8"
        /// 32-bit integers, such as labels.
        case int32 = "<i4"
    }

    /// Writes the header of a `.npy`, version 1.0, in C order; the numbers must follow, row after row.
    ///
    /// - Parameters:
    ///   - shape: the sizes of the array's dimensions, such as `[rows, columns]`.
    ///   - type: the type of the numbers.
    public mutating func append(npyHeader shape: [Int], type: NumpyType = .float32) {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let dictionary = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // NumPy pads with spaces so that the numbers start at a multiple of 64, behind 10 bytes and a line end.
        let length = (10 + dictionary.utf8.count + 1 + 63) / 64 * 64 - 10
        bytes.append(contentsOf: Signature.numpy)
        bytes.append(contentsOf: [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)])
        bytes.append(contentsOf: dictionary.utf8)
        bytes.append(contentsOf: repeatElement(0x20, count: length - dictionary.utf8.count - 1))
        bytes.append(0x0A)
    }

    /// Writes numbers of a `.npy` of type `float32`.
    @inlinable
    public mutating func append(npyValues values: some Sequence<Float>) {
        #if _endian(little)
            let copied: Void? = values.withContiguousStorageIfAvailable {
                bytes.append(contentsOf: UnsafeRawBufferPointer($0))
            }
            if copied != nil { return }
        #endif
        for value in values { append(littleEndian: value.bitPattern) }
    }

    /// Writes numbers of a `.npy` of type `int32`.
    @inlinable
    public mutating func append(npyValues values: some Sequence<Int32>) {
        for value in values { append(littleEndian: UInt32(bitPattern: value)) }
    }

    @inlinable
    mutating func append(littleEndian bits: UInt32) {
        withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
