extension NumpyScalar {
    /// Converts numbers that lie one behind the other to places in rows.
    ///
    /// - Parameters:
    ///   - raw: whole numbers; a row takes `width` of them.
    ///   - values: whole rows of `stride` numbers, as many as `raw` is for.
    ///   - slot: where in a row the first number goes.
    /// - Returns: whether all are finite; one that is not is put there all the same.
    func convert<Number: BinaryFloatingPoint>(
        _ raw: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<Number>, from slot: Int,
        stride: Int
    ) -> Bool {
        guard let base = raw.baseAddress else { return true }
        // Zero times a finite number is zero, and not-a-number spreads: a loop without branches.
        var check: Number = 0
        func each(_ load: (UnsafeRawPointer) -> Number) {
            var source = base
            for row in 0..<raw.count / (width * size) {
                for element in 0..<width {
                    let value = load(source)
                    values[row * stride + slot + element] = value
                    check += value * 0
                    source += size
                }
            }
        }
        switch (kind, size, isBigEndian) {
        case (.float, 4, false):
            each { Number(Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))) }
        case (.float, 8, false):
            each { Number(Double(bitPattern: UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)))) }
        default:
            // Rounded once, to the type that is wanted.
            let type = Number.self == Float.self ? NumberType.float32 : .float64
            each { Number(load($0, type)) }
        }
        return check == 0
    }

    /// The signed number of this size at `index`.
    func integer(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let place = index * size
        return switch size {
        case 1: Int(raw.loadUnaligned(fromByteOffset: place, as: Int8.self))
        case 2: Int(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Int16.self)))
        case 4: Int(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Int32.self)))
        default: Int(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Int64.self)))
        }
    }

    /// The number of this type at `index`, signed or not; negative where it is too large for an `Int`.
    func place(_ raw: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let value = integer(raw, index)
        return kind == .unsigned && size < 8 ? value & (1 << (8 * size) - 1) : value
    }

    /// The whole number at `index`, signed or not, in decimal digits.
    func digits(_ raw: UnsafeRawBufferPointer, _ index: Int) -> [UInt8] {
        let value = integer(raw, index)
        guard kind == .unsigned, value < 0 else { return Array(String(value).utf8) }
        // The bits of the sign, shifted in, go out again.
        return Array(String(UInt64(bitPattern: Int64(value)) & (size == 8 ? .max : 1 << (8 * UInt64(size)) - 1)).utf8)
    }
}
