/// Makes ids for requests: 13 characters, distinct within a loop and in practice everywhere.
///
/// A counter from a random start goes through SplitMix64, which is a bijection, so that no two calls give the same; in
/// Crockford's base 32 the result fits a String without an allocation. Not a secret.
struct RequestIDs {
    private var counter = UInt64.random(in: 0...UInt64.max)

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    mutating func next() -> String {
        counter &+= 0x9E37_79B9_7F4A_7C15
        var bits = counter
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return String(unsafeUninitializedCapacity: 13) { text in
            for index in 0..<13 {
                text[index] = Self.alphabet[Int(bits & 31)]
                bits >>= 5
            }
            return 13
        }
    }
}
