/// The type that the numbers of points are kept in.
public enum NumberType: String, Sendable, CaseIterable, Codable {
    /// IEEE 754 binary32, the type that is computed in: 24 bits, about 7 digits.
    case float32
    /// IEEE 754 binary64: 53 bits, about 16 digits.
    case float64

    /// How many bytes a number takes.
    public var size: Int { self == .float32 ? 4 : 8 }
}
