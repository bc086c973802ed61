/// Reads decimal numbers from bytes, rounded exactly: the bits are those that C's `strtof` gives.
///
/// The digits make an integer `m` of at most 19 digits and a power of ten `e`. Their product in `Double` is wrong by at
/// most 4 units in its last place: half a unit each for `Double(m)`, the power and the product, in relative terms, plus
/// 10⁻¹⁸ for digits behind the 19th. `Float` keeps 24 of the 53 bits, so that the product rounds to the right `Float`
/// unless the 29 bits it drops lie next to their halfway pattern. Only then, and near the subnormal numbers, the digits
/// are read once more by the standard library, which is exact.
enum Decimal {
    /// The longest number that is read, in bytes; the exact value of a `Double` has up to 1,075 digits behind the point,
    /// but nobody writes more than 767 of them that count.
    static let longest = 1_024

    /// Which numbers are allowed.
    enum Grammar {
        /// RFC 8259: a digit on both sides of the point, no plus sign, no leading zeros.
        case json
        /// Also `+1`, `.5`, `5.` and `007`.
        case lenient
    }

    /// Reads the number at `cursor` and moves `cursor` behind it.
    ///
    /// - Returns: the number; infinity when it is too large for a `Float`; not-a-number, with `cursor` anywhere
    ///   between its old place and `end`, when there is no number. A number that touches `end` may go on there.
    @inline(__always)
    static func parse(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ grammar: Grammar
    ) -> Float {
        let start = cursor
        var p = cursor
        defer { cursor = p }
        guard p < end else { return .nan }
        let isNegative = p.pointee == UInt8(ascii: "-")
        if isNegative || (grammar == .lenient && p.pointee == UInt8(ascii: "+")) { p += 1 }

        var mantissa: UInt64 = 0
        let integerStart = p
        scanDigits(&p, end, &mantissa)
        let integerDigits = p - integerStart
        var fractionDigits = 0
        if p < end, p.pointee == UInt8(ascii: ".") {
            p += 1
            let fractionStart = p
            scanDigits(&p, end, &mantissa)
            fractionDigits = p - fractionStart
            if grammar == .json, fractionDigits == 0 { return .nan }
        }
        if grammar == .json {
            if integerDigits == 0 || (integerDigits > 1 && integerStart.pointee == UInt8(ascii: "0")) { return .nan }
        } else if integerDigits + fractionDigits == 0 {
            return .nan
        }

        var exponent = -fractionDigits
        if p < end, p.pointee | 0x20 == UInt8(ascii: "e") {
            guard let written = scanExponent(&p, end) else { return .nan }
            exponent += written
        }
        if integerDigits + fractionDigits > 19 {
            (mantissa, exponent) = firstDigits(from: integerStart, to: p, exponent: exponent + fractionDigits)
        }
        if let magnitude = nearest(mantissa, exponent) { return isNegative ? -magnitude : magnitude }
        return exact(UnsafeBufferPointer(start: start, count: p - start))
    }

    /// Reads digits onto the end of `mantissa`; beyond 19 of them the result is meaningless.
    @inline(__always)
    private static func scanDigits(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ mantissa: inout UInt64
    ) {
        while p < end {
            let digit = p.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            p += 1
        }
    }

    /// Reads an exponent.
    ///
    /// - Returns: its value, held within ±1,000,000; `nil` when there are no digits behind `e` and the sign.
    private static func scanExponent(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        p += 1
        guard p < end else { return nil }
        let isNegative = p.pointee == UInt8(ascii: "-")
        if isNegative || p.pointee == UInt8(ascii: "+") { p += 1 }
        let start = p
        var value = 0
        while p < end {
            let digit = p.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = min(value * 10 + Int(digit), 1_000_000)
            p += 1
        }
        guard p > start else { return nil }
        return isNegative ? -value : value
    }

    /// The first 19 digits that count of a longer number, and the power of ten that belongs to them.
    ///
    /// - Parameter exponent: the one written behind the digits.
    @inline(never)
    private static func firstDigits(
        from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, exponent: Int
    ) -> (mantissa: UInt64, exponent: Int) {
        var mantissa: UInt64 = 0
        var kept = 0
        var exponent = exponent
        var isFraction = false
        var p = start
        while p < end, p.pointee | 0x20 != UInt8(ascii: "e") {
            defer { p += 1 }
            let digit = p.pointee &- UInt8(ascii: "0")
            guard digit < 10 else {
                isFraction = true
                continue
            }
            if kept < 19 {
                mantissa = mantissa * 10 + UInt64(digit)
                if mantissa > 0 { kept += 1 }
                if isFraction { exponent -= 1 }
            } else if !isFraction {
                exponent += 1
            }
        }
        return (mantissa, exponent)
    }

    /// The `Float` nearest to `mantissa`·10^`exponent`, or `nil` when a `Double` cannot tell which one that is.
    @inline(__always)
    private static func nearest(_ mantissa: UInt64, _ exponent: Int) -> Float? {
        if mantissa == 0 { return 0 }
        // An integer that a Double holds exactly is rounded once.
        if exponent == 0, mantissa < 1 << 53 { return Float(Double(mantissa)) }
        guard exponent >= PowersOfTen.lowest else {
            // 10¹⁹·10⁻⁶⁶ is less than half of the least Float, 2⁻¹⁵⁰ ≈ 7·10⁻⁴⁶.
            return 0
        }
        guard exponent <= PowersOfTen.highest else { return .infinity }
        let product = Double(mantissa) * PowersOfTen.table[exponent - PowersOfTen.lowest]
        guard product >= Double(Float.leastNormalMagnitude), product < Double(Float.greatestFiniteMagnitude) else {
            return nil
        }
        let dropped = Int(product.bitPattern & 0x1FFF_FFFF)
        guard abs(dropped - 0x1000_0000) > 8 else { return nil }
        return Float(product)
    }

    /// Reads a number that is known to be well-formed with the standard library, which rounds exactly.
    @inline(never)
    private static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Float {
        Float(String(decoding: text, as: UTF8.self)) ?? .nan
    }
}
