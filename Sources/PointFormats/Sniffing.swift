/// What the first bytes of a body say about its format.
public enum Sniffed: Sendable, Equatable {
    /// A format that is read here.
    case format(PointFormat)
    /// A format that is known by its first bytes but not read here, with a sentence on what to do instead.
    case unsupported(name: String, fix: String)
    /// The bytes fit several formats and more of them would tell; a ``PointDecoder`` without a format finds out.
    case needMore
    /// There are no bytes at all.
    case empty
}

extension PointFormat {
    /// Looks at the first bytes of a body.
    ///
    /// `{` and `[` are JSON, or NDJSON when a second value follows the first; magic numbers tell binary formats; all
    /// else is CSV. A byte order mark and white space in front are skipped.
    ///
    /// - Parameter prefix: the body's start; at most ``sniffLength`` bytes of it are looked at.
    public static func sniff(_ prefix: some Collection<UInt8>) -> Sniffed {
        let bytes = Array(prefix.prefix(sniffLength))
        guard !bytes.isEmpty else { return .empty }
        switch Sniffer.verdict(bytes, isWhole: true) {
        case .kind(.format(let format)): return .format(format)
        case .kind(.jsonOrLines): return Sniffer.documentOrLines(bytes)
        case .unsupported(let signature): return .unsupported(name: signature.name, fix: signature.fix)
        case .needMore: return .needMore
        }
    }

    /// How many bytes ``sniff(_:)`` looks at, at most.
    public static let sniffLength = 4_096
}

/// Tells formats by their first bytes.
enum Sniffer {
    /// What a prefix says.
    enum Verdict {
        case kind(BodyKind)
        case unsupported(Signature)
        case needMore
    }

    /// White space in front of a value is looked through up to here.
    private static let longestBlankStart = 1_024

    /// What a body that starts with `bytes` holds; `nil` when more bytes are needed to tell.
    static func kind(ofStart bytes: [UInt8]) throws(FormatError) -> BodyKind? {
        try kind(bytes, isWhole: false)
    }

    /// What a body that consists of `bytes` holds.
    static func kind(ofWhole bytes: [UInt8]) throws(FormatError) -> BodyKind {
        if bytes.allSatisfy(isBlank) { throw .empty }
        return try kind(bytes, isWhole: true) ?? .format(.csv)
    }

    private static func kind(_ bytes: [UInt8], isWhole: Bool) throws(FormatError) -> BodyKind? {
        switch verdict(bytes, isWhole: isWhole) {
        case .kind(let kind): return kind
        case .needMore: return nil
        case .unsupported(let signature): throw signature.error
        }
    }

    /// What `bytes` say.
    ///
    /// - Parameter isWhole: no byte follows, so that a magic number of letters needs none that proves it is not a word.
    static func verdict(_ bytes: [UInt8], isWhole: Bool) -> Verdict {
        let magics: [(bytes: [UInt8], format: PointFormat)] = [
            (Signature.numpy, .npy), (Signature.arrowMessage, .arrow), (Signature.arrowFile, .arrow),
        ]
        var isUndecided = false
        for magic in magics {
            if bytes.starts(with: magic.bytes) { return .kind(.format(magic.format)) }
            if magic.bytes.starts(with: bytes) { isUndecided = true }
        }
        for signature in Signature.unsupported {
            if signature.matches(bytes, isWhole: isWhole) {
                // The start may be that of a longer signature.
                return isUndecided && !isWhole ? .needMore : .unsupported(signature)
            }
            if signature.bytes.starts(with: bytes) { isUndecided = true }
        }
        if isUndecided { return .needMore }
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        if text.count < bytes.count || !byteOrderMark.starts(with: bytes) {
            if let first = text.first(where: { !isBlank($0) }) {
                return .kind(first == UInt8(ascii: "[") || first == UInt8(ascii: "{") ? .jsonOrLines : .format(.csv))
            }
            if bytes.count >= longestBlankStart { return .kind(.format(.csv)) }
        }
        return .needMore
    }

    /// Refuses a body that is said to be of a format and starts with the magic number of another.
    ///
    /// - Parameter start: as much of it as tells a format, or all of it.
    static func check(_ start: [UInt8], isSaidToBe format: PointFormat) throws(FormatError) {
        switch verdict(start, isWhole: true) {
        case .kind(.format(let found)) where found != format && (found == .npy || found == .arrow):
            throw FormatError(
                code: .malformed,
                detail: "the body is said to be \(format.name) and starts as \(found.name) does. Send it as "
                    + "\(found.mediaType) or without a media type, or give the file's name the ending .\(found.rawValue).",
                places: [.init(byte: 0, detail: "the first bytes are those of \(found.name)")])
        case .unsupported(let signature) where signature.isUnlikelyText(start): throw signature.error
        default: return
        }
    }

    /// What to say beside the mistakes of a body that is said to be CSV and starts as JSON does; nil where it does not.
    static func hint(_ start: [UInt8], isSaidToBe format: PointFormat) -> String? {
        guard format == .csv, case .kind(.jsonOrLines) = verdict(start, isWhole: true) else { return nil }
        return "The body was read as CSV, as it is said to be, and starts as JSON does: send JSON as "
            + "\(PointFormat.json.mediaType), lines of it as \(PointFormat.ndjson.mediaType)."
    }

    /// UTF-8's byte order mark, which Excel writes.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
