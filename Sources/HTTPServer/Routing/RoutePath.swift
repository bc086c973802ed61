import HTTPTypes

/// The segments of a request's path, decoded one by one, so that an encoded slash never becomes a separator.
struct RoutePath {
    /// Decoded segments; a trailing slash leaves an empty last one.
    let segments: [String]

    /// Splits and decodes a path.
    ///
    /// - Throws: 400 for an escape that has no exact meaning; 404 for a dot segment, plain or encoded, and for an
    ///   encoded slash or backslash: nothing is ever served there.
    init(_ path: String) throws(Problem) {
        var segments: [String] = []
        for raw in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try Self.decode(raw))
        }
        self.segments = segments
    }

    private static func decode(_ raw: Substring.UTF8View) throws(Problem) -> String {
        let segment: String
        if raw.contains(UInt8(ascii: "%")) {
            do throws(PercentDecodingError) {
                segment = try PercentEncoding.decode(raw, plusIsSpace: false)
            } catch {
                throw Problem(
                    .badRequest, type: "/problems/malformed-path", title: "Malformed path",
                    detail: "path segment \"\(String(Substring(raw)))\": \(error.description)")
            }
        } else {
            segment = String(Substring(raw))
        }
        let separators: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
        guard segment != "." && segment != ".." && !segment.utf8.contains(where: separators.contains) else {
            throw Problem.notFound("a path with dot segments, encoded slashes or backslashes names nothing here")
        }
        return segment
    }
}
