/// The type of the numbers in a `.npy`, as its `descr` names it.
struct NumpyScalar: Sendable, Equatable {
    /// What the bytes of a number mean.
    enum Kind: UInt8, Sendable {
        case boolean = 0x62  // b
        case signed = 0x69  // i
        case unsigned = 0x75  // u
        case float = 0x66  // f
    }

    let kind: Kind
    /// How many bytes a number takes: 1, 2, 4 or 8.
    let size: Int
    let isBigEndian: Bool

    /// Whether the bytes are those of a number of `type` in memory.
    func isStored(_ type: NumberType) -> Bool {
        #if _endian(little)
            kind == .float && size == type.size && !isBigEndian
        #else
            kind == .float && size == type.size && isBigEndian
        #endif
    }

    /// Whether `type` holds every number of this one.
    func fits(_ type: NumberType) -> Bool {
        switch kind {
        case .boolean: true
        case .signed, .unsigned: size < type.size
        case .float: size <= type.size
        }
    }

    /// A little-endian type.
    init(_ kind: Kind, size: Int) {
        self.kind = kind
        self.size = size
        isBigEndian = false
    }

    /// Reads a type string such as `<f4`: byte order, kind, size.
    init(_ descr: String) throws(FormatError) {
        var rest = descr.utf8[...]
        let order = rest.popFirst() ?? 0
        let code = rest.popFirst() ?? 0
        // Compared as text, so that neither f04 nor f+4 is a type.
        let size = [1, 2, 4, 8].first { String($0).utf8.elementsEqual(rest) } ?? 0
        guard "<>|=".utf8.contains(order), let kind = Kind(rawValue: code), Self.sizes(kind).contains(size),
            size == 1 || order != UInt8(ascii: "|")
        else {
            throw FormatError(
                code: .unprocessable,
                detail: "the array holds \(Self.name(code, descr)), not numbers that are read here. "
                    + "Save it as 32-bit floats: numpy.save(file, x.astype(\"float32\")).",
                places: [.init(byte: 0, name: "descr", detail: "the header's descr is \(ErrorText.quoted(descr))")])
        }
        self.kind = kind
        self.size = size
        isBigEndian = order == UInt8(ascii: ">")
    }

    private static func sizes(_ kind: Kind) -> [Int] {
        switch kind {
        case .boolean: [1]
        case .signed, .unsigned: [1, 2, 4, 8]
        case .float: [2, 4, 8]
        }
    }

    /// What a type that is not read is called.
    private static func name(_ code: UInt8, _ descr: String) -> String {
        let text = ErrorText.quoted(descr)
        switch code {
        case UInt8(ascii: "O"): return "Python objects (\(text)), which would be a pickle"
        case UInt8(ascii: "c"): return "complex numbers (\(text))"
        case UInt8(ascii: "S"), UInt8(ascii: "a"), UInt8(ascii: "U"): return "text (\(text))"
        case UInt8(ascii: "M"), UInt8(ascii: "m"): return "dates or durations (\(text))"
        case UInt8(ascii: "V"): return "raw or structured data (\(text))"
        case UInt8(ascii: "f"): return "extended floats (\(text))"
        default: return "the type \(text)"
        }
    }

    /// The number whose first byte is at `address`, rounded once to the nearest of `type`; infinite when it is too large.
    @inline(__always)
    func load(_ address: UnsafeRawPointer, _ type: NumberType) -> Double {
        type == .float32 ? Double(load(address, as: Float.self)) : load(address, as: Double.self)
    }

    @inline(__always)
    private func load<Scalar: BinaryFloatingPoint>(_ address: UnsafeRawPointer, as: Scalar.Type) -> Scalar {
        switch (kind, size) {
        case (.float, 4): Scalar(Float(bitPattern: bits(address)))
        case (.float, 8): Scalar(Double(bitPattern: bits(address)))
        case (.float, _): Scalar(Self.half(bits(address)))
        case (.signed, 1): Scalar(address.load(as: Int8.self))
        case (.signed, 2): Scalar(Int16(bitPattern: bits(address)))
        case (.signed, 4): Scalar(Int32(bitPattern: bits(address)))
        case (.signed, _): Scalar(Int64(bitPattern: bits(address)))
        case (.unsigned, 1): Scalar(address.load(as: UInt8.self))
        case (.unsigned, 2): Scalar(bits(address) as UInt16)
        case (.unsigned, 4): Scalar(bits(address) as UInt32)
        case (.unsigned, _): Scalar(bits(address) as UInt64)
        case (.boolean, _): address.load(as: UInt8.self) == 0 ? 0 : 1
        }
    }

    /// Whether the number whose first byte is at `address` is finite, be it too large for a `Float` or not.
    func isFinite(_ address: UnsafeRawPointer) -> Bool {
        kind == .float && size == 8
            ? Double(bitPattern: bits(address)).isFinite : load(address, as: Float.self).isFinite
    }

    @inline(__always)
    private func bits<Bits: FixedWidthInteger & BitwiseCopyable>(_ address: UnsafeRawPointer) -> Bits {
        let value = address.loadUnaligned(as: Bits.self)
        return isBigEndian ? Bits(bigEndian: value) : Bits(littleEndian: value)
    }

    /// The IEEE 754 binary16 number of these bits, which every `Float` holds exactly.
    private static func half(_ bits: UInt16) -> Float {
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Float(bits & 0x3FF)
        let magnitude: Float =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 25, significand: fraction + 1024)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}
