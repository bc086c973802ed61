/// Finds the `Double` nearest to a product of a 64-bit integer and a power of ten, by 128 bits of the power.
///
/// Daniel Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51 (2021), with the
/// proof that 128 bits suffice by Noble Mushtak and Daniel Lemire, "Fast number parsing without fallback", ibid. 53
/// (2023). Rounding is to nearest, ties to even.
enum WidePower {
    /// The nearest number; 0 and infinity beyond the range.
    @inline(never)
    static func nearest(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        guard mantissa > 0, exponent >= lowest else { return 0 }
        guard exponent <= highest else { return .infinity }
        let leadingZeros = mantissa.leadingZeroBitCount
        let (high, low) = product(mantissa << UInt64(leadingZeros), exponent)
        let upperBit = Int(high >> 63)
        let shift = UInt64(upperBit + 64 - 52 - 3)
        // 53 bits and one to round by.
        var significand = high >> shift
        // ⌊exponent·log₂10⌋ by a multiplication, exact in the range of the table.
        let binary = (217_706 * exponent) >> 16 + 63 + upperBit - leadingZeros + 1_023
        guard binary > 0 else { return subnormal(significand, 1 - binary) }
        // A tie in front of which nothing was lost goes to even; 5 to the exponent fits only in this range.
        if low <= 1, exponent >= -4, exponent <= 23, significand & 3 == 1, significand << shift == high {
            significand &= ~1
        }
        significand += significand & 1
        significand >>= 1
        var biased = binary
        if significand >= 1 << 53 {
            significand = 1 << 52
            biased += 1
        }
        guard biased < 0x7FF else { return .infinity }
        return Double(bitPattern: UInt64(biased) << 52 | significand & ~(1 << 52))
    }

    private static func subnormal(_ significand: UInt64, _ shift: Int) -> Double {
        guard shift < 64 else { return 0 }
        var significand = significand >> UInt64(shift)
        significand += significand & 1
        significand >>= 1
        // The least normal number has the bit that counts as the exponent's lowest.
        return Double(bitPattern: significand)
    }

    /// The highest 128 bits of `factor` times the power's, as far as they are needed.
    @inline(__always)
    private static func product(_ factor: UInt64, _ exponent: Int) -> (high: UInt64, low: UInt64) {
        let index = 2 * (exponent - lowest)
        var (high, low) = factor.multipliedFullWidth(by: table[index])
        // Where the bits behind the 55 that count are all ones, a carry from the lower half may change them.
        if high & 0x1FF == 0x1FF {
            let carry = factor.multipliedFullWidth(by: table[index + 1]).high
            let (sum, overflows) = low.addingReportingOverflow(carry)
            low = sum
            if overflows { high += 1 }
        }
        return (high, low)
    }
}
