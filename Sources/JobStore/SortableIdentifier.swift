public import Foundation

/// Ids that sort by time and cannot be guessed: a prefix, 48 bits of milliseconds and 80 random bits.
///
/// ```swift
/// SortableIdentifier.make(prefix: "mdl", at: Date())   // "mdl_01jd8w3m5qv0k2x7n9c4a6b1zt"
/// ```
///
/// The layout is that of a ULID, in lower case: 26 characters of Crockford's base 32, most significant first, so that
/// text order is order of creation to the millisecond.
public enum SortableIdentifier {
    /// Digits and lower-case letters without i, l, o and u.
    static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// A fresh id from the system's random source.
    public static func make(prefix: String, at now: Date) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(prefix: prefix, at: now, using: &generator)
    }

    /// A fresh id from a random source that is handed in.
    public static func make(prefix: String, at now: Date, using generator: inout some RandomNumberGenerator) -> String {
        // 130 bits in 26 characters of 5: two zero bits, 48 of time, 80 of chance.
        let time = UInt64(clamping: now.milliseconds) & 0xffff_ffff_ffff
        let high = UInt64.random(in: 0..<(1 << 40), using: &generator)
        let low = UInt64.random(in: 0..<(1 << 40), using: &generator)
        var characters = Array(prefix.utf8)
        characters.append(UInt8(ascii: "_"))
        for (value, digits) in [(time, 10), (high, 8), (low, 8)] {
            for digit in (0..<digits).reversed() {
                characters.append(alphabet[Int((value >> UInt64(5 * digit)) & 31)])
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
