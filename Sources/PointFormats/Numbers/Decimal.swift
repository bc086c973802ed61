/// Reads decimal numbers from bytes, rounded exactly: the bits are those that C's `strtof` or `strtod` gives.
///
/// The digits make an integer of at most 19 digits and a power of ten, from which ``DecimalScalar`` finds the nearest
/// number. In the rare cases it cannot tell, the digits are read once more by the standard library, which is exact.
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

    /// Reads the number at `cursor` as `type` has it; a `Double` holds either exactly.
    ///
    /// - Returns: as ``parse(_:_:_:as:)`` does.
    static func parse(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ grammar: Grammar, _ type: NumberType
    ) -> Double {
        switch type {
        case .float32: Double(parse(&cursor, end, grammar, as: Float.self))
        case .float64: parse(&cursor, end, grammar, as: Double.self)
        }
    }

    /// Reads the number at `cursor` and moves `cursor` behind it.
    ///
    /// - Returns: the number; infinity when it is too large for a `Scalar`; not-a-number, with `cursor` anywhere
    ///   between its old place and `end`, when there is no number. A number that touches `end` may go on there.
    @inline(__always)
    static func parse<Scalar: DecimalScalar>(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ grammar: Grammar, as: Scalar.Type
    ) -> Scalar {
        let start = cursor
        var p = cursor
        defer { cursor = p }
        guard p < end else { return .nan }
        // Signs come at random, so that a branch on one would be predicted wrongly half of the time.
        let isNegative = p.pointee == UInt8(ascii: "-")
        switch grammar {
        case .json: p += isNegative ? 1 : 0
        case .lenient: p += (p.pointee &- UInt8(ascii: "+")) & 0xFD == 0 ? 1 : 0  // "-" is "+" and 2
        }

        var mantissa: UInt64 = 0
        let integerStart = p
        if end - p >= 2, p[1] == UInt8(ascii: "."), p.pointee &- UInt8(ascii: "0") < 10 {
            // Most numbers have one digit in front of the point; guessing so is faster than counting.
            mantissa = UInt64(p.pointee &- UInt8(ascii: "0"))
            p += 1
        } else {
            scanDigits(&p, end, &mantissa)
        }
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
        var isCut = false
        if integerDigits + fractionDigits > 19 {
            (mantissa, exponent, isCut) = firstDigits(
                from: integerStart, to: p, exponent: exponent + fractionDigits)
        }
        if let magnitude = Scalar.nearest(mantissa, exponent, isCut: isCut) {
            // The sign is put in as a bit, which needs no branch either.
            return magnitude.signed(isNegative)
        }
        return Scalar.exact(UnsafeBufferPointer(start: start, count: p - start))
    }

    /// Reads digits onto the end of `mantissa`; beyond 19 of them the result is meaningless.
    ///
    /// Eight bytes at a time: one subtraction and one addition tell which of them are no digits, and three
    /// multiplications put the digits in front of the first such byte together.
    @inline(__always)
    private static func scanDigits(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ mantissa: inout UInt64
    ) {
        while end - p >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
            let digits = word &- 0x3030_3030_3030_3030
            // A byte below "0" or above "9" has its highest bit set here; carries only reach the bytes behind it.
            let others = ((word &+ 0x4646_4646_4646_4646) | digits) & 0x8080_8080_8080_8080
            if others == 0 {
                mantissa = mantissa &* 100_000_000 &+ value(ofDigits: digits)
                p += 8
                continue
            }
            let bits = others.trailingZeroBitCount & 0x38
            // In two steps, because a shift by all 64 bits is none. Zeros come in as leading digits.
            let leading = (digits &<< UInt64(56 - bits)) &<< 8
            mantissa = mantissa &* power(ofTen: bits >> 3) &+ value(ofDigits: leading)
            p += bits >> 3
            return
        }
        while p < end {
            let digit = p.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            p += 1
        }
    }

    /// The number that eight digits make, the first in the lowest byte.
    @inline(__always)
    private static func value(ofDigits digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits &>> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ high) &>> 32
    }

    /// 10ⁿ for n in 0…7.
    @inline(__always)
    private static func power(ofTen exponent: Int) -> UInt64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        default: 10_000_000
        }
    }
}

// MARK: - The seldom cases

extension Decimal {
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

    /// The first 19 digits that count of a longer number, the power of ten that belongs to them, and whether digits
    /// other than 0 were cut off.
    ///
    /// - Parameter exponent: the one written behind the digits.
    @inline(never)
    private static func firstDigits(
        from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, exponent: Int
    ) -> (mantissa: UInt64, exponent: Int, isCut: Bool) {
        var mantissa: UInt64 = 0
        var kept = 0
        var exponent = exponent
        var isFraction = false
        var isCut = false
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
            } else {
                if digit > 0 { isCut = true }
                if !isFraction { exponent += 1 }
            }
        }
        return (mantissa, exponent, isCut)
    }
}
