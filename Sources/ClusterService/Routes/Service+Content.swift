import AttentionClustering
import HTTPServer
import HTTPTypes

extension Service {
    /// `GET /v1/datasets/{name}/content`: the points, or a range of their `.npy`.
    func datasetContent(_ name: String, _ request: Request) async throws -> Response {
        try request.checkQuery(known: ["format"])
        let format = try request.resultFormat()
        guard let (entry, pin) = datasets.pinnedEntry(try datasetKey(name)) else { throw Self.noDataset(name) }
        // Until the file is open.
        defer { withExtendedLifetime(pin) {} }
        let encoder = PointEncoder(try await soundTable(pin.content.digest))
        return try Self.unlessKnown(request, entry.entityTag(of: format)) { headers in
            guard format == .npy else {
                return .written(mediaType: format.mediaType, headers: headers) { output in
                    try await encoder.write(format, to: output)
                }
            }
            return try Self.numpyContent(encoder, request, entry, headers)
        }.negotiated(packed: format == .npy ? nil : request)
    }

    /// Stored points, the first time since the start only where they are what was uploaded.
    ///
    /// - Throws: `Problem` 500 for damaged ones, or `StorageError`.
    func soundTable(_ digest: String) async throws -> StoredTable {
        do {
            return StoredTable(try await offload.run { [datasets] in try datasets.openSound(digest: digest) })
        } catch {
            throw Self.problem(receiving: error)
        }
    }

    /// The `.npy`, whose length is known, so that a download that broke off can go on (RFC 9110, section 14).
    private static func numpyContent(
        _ encoder: PointEncoder, _ request: Request, _ entry: DatasetEntry, _ headers: HTTPFields
    ) throws -> Response {
        let length = encoder.numpyLength
        var headers = headers
        headers[.contentType] = ResultFormat.npy.mediaType
        headers[.acceptRanges] = "bytes"
        if let range = try ByteRange.requested(by: request, entry.entityTag(of: .npy), length: length) {
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
            headers[.vary] = "Accept, Accept-Encoding"
            return Response(
                status: .partialContent, headers: headers,
                body: .stream(length: range.count) { body in
                    try await encoder.writeNumpy(range) { try await body.write($0) }
                })
        }
        return Response(
            status: .ok, headers: headers,
            body: .stream(length: length) { body in
                try await encoder.writeNumpy(0..<length) { try await body.write($0) }
            }
        ).packed(for: request)
    }
}

/// A `Range` of bytes (RFC 9110, section 14).
enum ByteRange {
    /// The range that a GET asks for.
    ///
    /// - Returns: nil where the whole is to be sent: without a range, with several, in another unit, or when `If-Range`
    ///   names another version.
    /// - Throws: `Problem` 416 for a range that lies outside.
    static func requested(by request: Request, _ tag: EntityTag?, length: Int) throws -> Range<Int>? {
        guard request.method == .get, let value = request.headers[.range] else { return nil }
        if let condition = request.headers[.ifRange] {
            // A date never matches: content has a tag only.
            guard condition.hasPrefix("\""), let tag, condition == tag.description else { return nil }
        }
        guard let bounds = bounds(value) else { return nil }
        let range: Range<Int>? =
            switch bounds {
            case (let first?, let last): first < length ? first..<(min(last ?? .max, length - 1) + 1) : nil
            case (nil, let count?): count > 0 && length > 0 ? max(0, length - count)..<length : nil
            case (nil, nil): nil
            }
        guard let range else {
            throw Problem(
                .rangeNotSatisfiable, type: "/problems/range-not-satisfiable", title: "The range lies outside",
                detail: "the content has \(length) bytes", headers: [.contentRange: "bytes */\(length)"])
        }
        return range
    }

    /// The ends of `bytes=first-last`, `bytes=first-` or `bytes=-count`; nil for anything else.
    ///
    /// Numbers beyond all content are as good as the greatest.
    private static func bounds(_ value: String) -> (first: Int?, last: Int?)? {
        guard value.lowercased().hasPrefix("bytes=") else { return nil }
        let parts = value.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let numbers = parts.map { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) ?? .max : nil
        }
        guard numbers[0] != nil || parts[0].isEmpty, numbers[1] != nil || parts[1].isEmpty,
            numbers[0] != nil || numbers[1] != nil
        else { return nil }
        if let first = numbers[0], let last = numbers[1], first > last { return nil }
        return (numbers[0], numbers[1])
    }
}
