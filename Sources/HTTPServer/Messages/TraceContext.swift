/// Where a request belongs in a distributed trace: the field `traceparent` (W3C Trace Context, section 3.2).
///
/// ```swift
/// TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?.traceID
/// ```
public struct TraceContext: Sendable, Hashable, CustomStringConvertible {
    /// The id of the whole trace, 32 hexadecimal digits in lower case.
    public let traceID: String

    /// The id of the caller's part of it, 16 digits.
    public let parentID: String

    /// Whether the caller records the trace, and what else later versions say, 2 digits.
    public let flags: String

    /// The value of the field, in version 00.
    public var description: String { "00-\(traceID)-\(parentID)-\(flags)" }

    /// Reads a field value, octet by octet.
    ///
    /// A later version is read as far as version 00 goes, as the specification asks for.
    ///
    /// - Returns: nil for one that is malformed, of version ff, or has an id of zeros only.
    public init?(_ value: some StringProtocol) {
        let text = Array(value.utf8)
        guard text.count >= 55, text[2] == 0x2D, text[35] == 0x2D, text[52] == 0x2D else { return nil }
        let version = text[..<2]
        let (trace, parent, flags) = (text[3..<35], text[36..<52], text[53..<55])
        let isHexadecimal = [version, trace, parent, flags].allSatisfy { part in
            part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        let isFirstVersion = version.elementsEqual("00".utf8)
        guard isHexadecimal, !version.elementsEqual("ff".utf8), text.count == 55 || !isFirstVersion && text[55] == 0x2D,
            trace.contains(where: { $0 != 0x30 }), parent.contains(where: { $0 != 0x30 })
        else { return nil }
        traceID = String(decoding: trace, as: UTF8.self)
        parentID = String(decoding: parent, as: UTF8.self)
        self.flags = String(decoding: flags, as: UTF8.self)
    }

    private init(traceID: String, parentID: String, flags: String) {
        (self.traceID, self.parentID, self.flags) = (traceID, parentID, flags)
    }

    /// The same trace with a part of its own, for a request that follows from this one.
    public func child() -> TraceContext {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        let parentID = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        return TraceContext(traceID: traceID, parentID: parentID, flags: flags)
    }
}
