public import HTTPTypes

extension HTTPFields {
    /// How many media ranges are looked at; browsers send about ten.
    private static let mediaRangesRead = 100

    /// The media type to answer with, by the request's `Accept` (RFC 9110, section 12.5.1).
    ///
    /// - Parameter offered: Media types in the order the server prefers them, such as `application/json`.
    /// - Returns: The offer with the greatest weight, the earlier of equals; the first offer when there is no `Accept`
    ///   or nothing in it can be read; nil when the client accepts none, which is a 406.
    public func preferredMediaType(of offered: [String]) -> String? {
        var ranges: [MediaRange] = []
        for value in self[values: .accept] {
            var scanner = FieldScanner(value)
            while !scanner.isAtEnd && ranges.count < Self.mediaRangesRead {
                if let range = MediaRange(&scanner) { ranges.append(range) }
                scanner.skipElement()
                _ = scanner.skip(",")
            }
        }
        guard !ranges.isEmpty else { return offered.first }
        var best: (offer: String, quality: Int)?
        for offer in offered {
            guard let type = MediaRange(offer) else { continue }
            let closest = ranges.compactMap { range in range.specificity(for: type).map { ($0, range.quality) } }
                .max { $0.0 < $1.0 }
            guard let quality = closest?.1, quality > (best?.quality ?? 0) else { continue }
            best = (offer, quality)
        }
        return best?.offer
    }
}
