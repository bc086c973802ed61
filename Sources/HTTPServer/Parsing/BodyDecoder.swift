/// Finds the content of a request's body, and its end, by the framing of its head.
enum BodyDecoder {
    case length(remaining: Int)
    case chunked(ChunkDecoder)

    /// A decoder for a framing, or nil for a request without a body.
    init?(_ framing: BodyFraming, limits: ServerLimits) {
        switch framing {
        case .none: return nil
        case .length(let length): self = .length(remaining: length)
        case .chunked: self = .chunked(ChunkDecoder(limits: limits))
        }
    }

    /// Whether the body has been read to its end.
    var isComplete: Bool {
        switch self {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// How much content is still to come, or nil when that is not known.
    var remaining: Int? {
        switch self {
        case .length(let remaining): remaining
        case .chunked: nil
        }
    }

    /// Reads on to the next content, to the end of the body or to the end of the octets.
    mutating func decode(
        _ bytes: Span<UInt8>, from position: inout Int, _ trailers: inout TrailerFields
    ) throws(RequestError) -> Range<Int>? {
        switch self {
        case .length(let remaining):
            let count = min(remaining, bytes.count - position)
            guard count > 0 else { return nil }
            self = .length(remaining: remaining - count)
            position += count
            return (position - count)..<position
        case .chunked(var decoder):
            defer { self = .chunked(decoder) }
            return try decoder.decode(bytes, from: &position, &trailers)
        }
    }
}
