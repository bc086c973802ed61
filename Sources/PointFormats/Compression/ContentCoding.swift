/// A content coding (RFC 9110, section 8.4.1) that bodies are packed and unpacked in.
public enum ContentCoding: String, Sendable, CaseIterable {
    /// Zstandard (RFC 8878) with a window of at most 8 MiB, as RFC 9659 asks for.
    case zstd
    /// gzip (RFC 1952).
    case gzip

    /// The coding that a token of `Content-Encoding` or `Accept-Encoding` names, in any case.
    public init?(token: some StringProtocol) {
        switch token.lowercased() {
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        default: return nil
        }
    }

    /// The coding that a body which starts with `prefix` is in, by its magic number; `nil` for none.
    ///
    /// - Parameter prefix: the first ``sniffLength`` bytes, fewer only when there are no more.
    public static func sniff(_ prefix: some Collection<UInt8>) -> ContentCoding? {
        if prefix.starts(with: gzipMagic) { return .gzip }
        return prefix.starts(with: zstdMagic) || isSkippableFrame(prefix) ? .zstd : nil
    }

    /// How many bytes ``sniff(_:)`` looks at.
    public static let sniffLength = 4

    /// Whether `prefix` starts a frame that every reader of zstd skips (RFC 8878, section 3.1.2), as pzstd writes one
    /// in front.
    private static func isSkippableFrame(_ prefix: some Collection<UInt8>) -> Bool {
        prefix.first.map { $0 & 0xF0 == 0x50 } == true && prefix.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
    }

    static let gzipMagic: [UInt8] = [0x1F, 0x8B]
    static let zstdMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
}
