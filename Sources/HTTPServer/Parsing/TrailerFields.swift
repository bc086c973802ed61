import HTTPTypes

/// The fields that may stand after a chunked body (RFC 9110, section 6.5).
enum TrailerFields {
    /// Reads the lines of a trailer section that has been found well formed; forbidden fields are dropped.
    ///
    /// - Parameter lines: Fields, each ended by a line feed alone.
    static func parse(_ lines: [UInt8], limit: Int) throws(RequestError) -> HTTPFields {
        var fields = HTTPFields()
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
            if isAllowed(name) {
                fields.append(
                    line.extracting(field.value).withUnsafeBufferPointer { HTTPField(name: name, value: $0) })
            }
            start = end + 1
        }
        return fields
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
