/// An entity tag: what an `ETag` field holds (RFC 9110, section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What stands between the quotes.
    public let opaque: String

    /// Whether two representations with this tag may differ in octets: `W/"…"`.
    public let isWeak: Bool

    /// Creates a tag.
    ///
    /// - Parameters:
    ///   - opaque: Visible ASCII without `"`; nil is returned for anything else.
    ///   - isWeak: Whether two representations with this tag may differ in octets.
    public init?(_ opaque: String, isWeak: Bool = false) {
        guard opaque.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }) else { return nil }
        self.init(unchecked: opaque, isWeak: isWeak)
    }

    private init(unchecked opaque: String, isWeak: Bool) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads a tag in its quotes, `W/` before it when weak.
    init?(_ scanner: inout FieldScanner) {
        let isWeak = scanner.skip("W")
        if isWeak && !scanner.skip("/") { return nil }
        guard let opaque = scanner.opaqueTag() else { return nil }
        self.init(unchecked: opaque, isWeak: isWeak)
    }

    /// The tag as a field value.
    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Whether both tags are strong and equal (RFC 9110, section 8.8.3.2): for `If-Match` and ranges.
    public func stronglyMatches(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque.utf8.elementsEqual(other.opaque.utf8)
    }

    /// Whether the tags are equal, weak or not: for `If-None-Match`.
    public func weaklyMatches(_ other: EntityTag) -> Bool {
        opaque.utf8.elementsEqual(other.opaque.utf8)
    }
}
