import HTTPTypes

/// The fields after a chunked body (RFC 9110, section 6.5).
///
/// Kept apart from the state of the decoder, which is copied often and so has nothing to be counted in it.
struct TrailerFields {
    /// The lines that have come, each ended by a line feed alone, until all have.
    private var lines: [UInt8] = []

    /// The fields, once all have come; those that must not be trailers are not among them.
    private(set) var fields = HTTPFields()

    /// Whether nothing of a section has come.
    var isEmpty: Bool { lines.isEmpty && fields.isEmpty }

    /// Adds an octet of the section, but for carriage returns and the line that ends it.
    mutating func append(_ byte: UInt8) {
        lines.append(byte)
    }

    /// Reads the lines, which have been found well formed.
    mutating func finish(limit: Int) throws(RequestError) {
        guard !lines.isEmpty else { return }
        let lines = lines
        self.lines = []
        var count = 0
        var start = 0
        let bytes = lines.span
        while let end = bytes.firstLineFeed(from: start) {
            count += 1
            guard count <= limit else { throw .malformed("there are more than \(limit) trailer fields") }
            let line = bytes.extracting(start..<end)
            let field = try FieldLine(line)
            guard let name = HTTPField.Name(line.extracting(field.name).text) else {
                throw .malformed("a trailer field's name is not a token")
            }
            if Self.isAllowed(name) {
                fields.append(
                    line.extracting(field.value).withUnsafeBufferPointer { HTTPField(name: name, value: $0) })
            }
            start = end + 1
        }
    }

    /// Whether a field means the same behind the content as before it.
    ///
    /// Not what frames, routes, authenticates or controls a message: it would come too late, and to whoever merges
    /// trailers into headers it would be a way to smuggle.
    static func isAllowed(_ name: HTTPField.Name) -> Bool {
        let name = name.canonicalName
        switch name {
        case "transfer-encoding", "content-length", "content-encoding", "content-type", "content-range", "trailer",
            "host", "te", "connection", "keep-alive", "upgrade", "proxy-connection", "forwarded", "via",
            "expect", "max-forwards", "cache-control", "pragma", "range", "age", "expires", "date", "location",
            "retry-after", "vary", "warning", "authorization", "proxy-authorization", "www-authenticate",
            "proxy-authenticate", "cookie", "set-cookie", "x-request-id":
            return false
        default:
            return !name.hasPrefix("if-") && !name.hasPrefix("x-forwarded-")
        }
    }
}
