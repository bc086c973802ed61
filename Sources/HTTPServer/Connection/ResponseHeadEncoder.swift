import HTTPTypes

/// Writes the head of a response (RFC 9112, section 4).
struct ResponseHeadEncoder {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let plan: ResponsePlan
    let requestID: String
    let date: [UInt8]

    static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    func write(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "HTTP/1.1 ".utf8)
        Self.append(status.code, to: &bytes)
        bytes.append(ByteClass.space)
        bytes.append(contentsOf: status.reasonPhrase.utf8)
        Self.endLine(&bytes)
        for field in headers where !Self.isManaged(field.name) { Self.append(field, to: &bytes) }
        bytes.append(contentsOf: "Date: ".utf8)
        bytes.append(contentsOf: date)
        bytes.append(contentsOf: "\r\nX-Request-Id: ".utf8)
        bytes.append(contentsOf: requestID.utf8)
        Self.endLine(&bytes)
        switch plan.framing {
        case .none, .untilClose: break
        case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .length(let length):
            bytes.append(contentsOf: "Content-Length: ".utf8)
            Self.append(length, to: &bytes)
            Self.endLine(&bytes)
        }
        if !plan.keepsConnection {
            bytes.append(contentsOf: "Connection: close\r\n".utf8)
        } else if plan.statesKeepAlive {
            bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        Self.endLine(&bytes)
    }

    /// Whether a field belongs to the connection, so that only the server writes it.
    static func isManaged(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "proxy-connection", "date",
            "x-request-id":
            true
        default: false
        }
    }

    private static func endLine(_ bytes: inout [UInt8]) {
        bytes.append(ByteClass.carriageReturn)
        bytes.append(ByteClass.lineFeed)
    }

    private static func append(_ field: HTTPField, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.name.rawName.utf8)
        bytes.append(ByteClass.colon)
        bytes.append(ByteClass.space)
        field.withUnsafeBytesOfValue { value in
            // A reflected value must not end the line: HTTPTypes sees to it, and so does this.
            for byte in value { bytes.append(ByteClass.isFieldValue(byte) ? byte : ByteClass.space) }
        }
        endLine(&bytes)
    }

    /// Appends a number in decimal digits.
    static func append(_ number: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Appends the last chunk and the trailer section.
    static func appendLastChunk(_ trailers: HTTPFields, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "0\r\n".utf8)
        for field in trailers where TrailerFields.isAllowed(field.name) { append(field, to: &bytes) }
        endLine(&bytes)
    }

    /// Appends the size line of a chunk.
    static func appendChunkSize(_ size: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(size, radix: 16).utf8)
        endLine(&bytes)
    }
}
