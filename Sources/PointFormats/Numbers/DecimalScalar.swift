/// A type of numbers that decimal digits are rounded to.
protocol DecimalScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
    /// The number nearest to `mantissa`·10^`exponent`; `nil` when it takes more digits to tell.
    ///
    /// - Parameters:
    ///   - mantissa: at most 19 digits.
    ///   - isCut: whether digits other than 0 follow those of the mantissa.
    static func nearest(_ mantissa: UInt64, _ exponent: Int, isCut: Bool) -> Self?

    /// Reads a number that is known to be well-formed with the standard library, which rounds exactly.
    static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Self

    /// The number, negated or not, without a branch.
    func signed(_ isNegative: Bool) -> Self

    /// Adds numbers to those of this type in a block.
    static func append(_ numbers: UnsafeBufferPointer<Self>, to block: inout RowBlock)
}

extension Float: DecimalScalar {
    /// The number nearest to `mantissa`·10^`exponent`, by way of `Double`.
    ///
    /// The product of both in `Double` is wrong by at most 4 units in its last place: half a unit each for the
    /// mantissa, the power and the product, in relative terms, plus 10⁻¹⁸ for digits that were cut. `Float` keeps 24 of
    /// the 53 bits, so that the product rounds to the right `Float` unless the 29 bits it drops lie next to their
    /// halfway pattern.
    @inline(__always)
    static func nearest(_ mantissa: UInt64, _ exponent: Int, isCut: Bool) -> Float? {
        if mantissa == 0 { return 0 }
        // An integer that a Double holds exactly is rounded once.
        if exponent == 0, mantissa < 1 << 53 { return Float(Double(Int64(bitPattern: mantissa))) }
        guard exponent >= PowersOfTen.lowest else {
            // 10¹⁹·10⁻⁶⁶ is less than half of the least Float, 2⁻¹⁵⁰ ≈ 7·10⁻⁴⁶.
            return 0
        }
        guard exponent <= PowersOfTen.highest else { return .infinity }
        // A signed number is converted in one step.
        guard mantissa < 1 << 63 else { return nil }
        let product = Double(Int64(bitPattern: mantissa)) * PowersOfTen.table[exponent - PowersOfTen.lowest]
        guard product >= Double(Float.leastNormalMagnitude), product < Double(Float.greatestFiniteMagnitude) else {
            return nil
        }
        let dropped = Int(product.bitPattern & 0x1FFF_FFFF)
        guard abs(dropped - 0x1000_0000) > 8 else { return nil }
        return Float(product)
    }

    @inline(never)
    static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Float {
        Float(String(decoding: text, as: UTF8.self)) ?? .nan
    }

    @inline(__always)
    func signed(_ isNegative: Bool) -> Float { Float(bitPattern: bitPattern | (isNegative ? 1 << 31 : 0)) }

    static func append(_ numbers: UnsafeBufferPointer<Float>, to block: inout RowBlock) {
        block.values.append(contentsOf: numbers)
    }
}

extension Double: DecimalScalar {
    /// Powers of ten that a `Double` holds exactly.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Where mantissa and power are exact, one multiplication or division rounds once (Clinger 1990); elsewhere 128 bits
    /// of the power tell (Lemire 2021).
    @inline(__always)
    static func nearest(_ mantissa: UInt64, _ exponent: Int, isCut: Bool) -> Double? {
        if mantissa < 1 << 53, exponent >= -22, exponent <= 22, !isCut {
            let exact = Double(Int64(bitPattern: mantissa))
            return exponent < 0 ? exact / exactPowers[-exponent] : exact * exactPowers[exponent]
        }
        guard let nearest = WidePower.nearest(mantissa, exponent) else { return nil }
        // Cut digits lie between this mantissa and the next: where both round alike, so does all in between.
        guard isCut else { return nearest }
        return WidePower.nearest(mantissa + 1, exponent) == nearest ? nearest : nil
    }

    @inline(never)
    static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }

    @inline(__always)
    func signed(_ isNegative: Bool) -> Double { Double(bitPattern: bitPattern | (isNegative ? 1 << 63 : 0)) }

    static func append(_ numbers: UnsafeBufferPointer<Double>, to block: inout RowBlock) {
        block.wideValues.append(contentsOf: numbers)
    }
}
