import HTTPTypes

/// The fields of a head as they come in, and what those that rule the message say.
struct HeadFields {
    private(set) var all = HTTPFields()
    private(set) var requestID: String?
    private(set) var trace: TraceContext?
    private(set) var expectsContinue = false
    private(set) var meetsExpectation = true
    private var hosts = 0
    private var contentLength: Int?
    private var codings: TransferCodings?
    private var asksClose = false
    private var asksKeepAlive = false

    /// Adds the field of a line without its CR LF.
    mutating func append(_ line: Span<UInt8>) throws(RequestError) {
        let field = try FieldLine(line)
        let name = line.extracting(field.name)
        let value = line.extracting(field.value)
        try interpret(name, value)
        guard let fieldName = HTTPField.Name(name.text) else { throw .malformed("a field name is not a token") }
        all.append(value.withUnsafeBufferPointer { HTTPField(name: fieldName, value: $0) })
    }

    private mutating func interpret(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(RequestError) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            hosts += 1
            guard hosts == 1 else { throw .malformed("there is more than one Host field") }
            guard Authority.isValid(value) else { throw .malformed("Host is not a host and a port") }
        case 6 where name.equalsIgnoringCase("expect"):
            if value.equalsIgnoringCase("100-continue") { expectsContinue = true } else { meetsExpectation = false }
        case 10 where name.equalsIgnoringCase("connection"):
            readConnectionOptions(value)
        case 11 where name.equalsIgnoringCase("traceparent"):
            if trace == nil, value.count <= 256 { trace = TraceContext(value.text) }
        case 12 where name.equalsIgnoringCase("x-request-id"):
            if requestID == nil, (1...128).contains(value.count), value.allSatisfy({ (0x21...0x7E).contains($0) }) {
                requestID = value.text
            }
        case 14 where name.equalsIgnoringCase("content-length"):
            guard contentLength == nil else { throw .malformed("there is more than one Content-Length field") }
            contentLength = try Self.contentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            var codings = self.codings ?? TransferCodings()
            try codings.append(value)
            self.codings = codings
        default: break
        }
    }

    /// A list of options without regard to case; those that are not known are ignored.
    private mutating func readConnectionOptions(_ value: Span<UInt8>) {
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: ByteClass.comma, from: start) ?? value.count
            let element = value.extracting(start..<end)
            let option = element.extracting(element.trimmedRange)
            if option.equalsIgnoringCase("close") { asksClose = true }
            if option.equalsIgnoringCase("keep-alive") { asksKeepAlive = true }
            start = end + 1
        }
    }

    /// Digits and nothing else; a list of equal values is refused too.
    private static func contentLength(_ value: Span<UInt8>) throws(RequestError) -> Int {
        guard !value.isEmpty, value.allSatisfy(ByteClass.isDigit) else {
            throw .malformed("Content-Length is not a decimal number")
        }
        var length = 0
        for index in value.indices {
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(value[index] - UInt8(ascii: "0")))
            guard !overflow && !carry else { throw .bodyTooLong }
            length = sum
        }
        return length
    }

    /// The whole head, or what its fields together make impossible.
    func head(_ line: RequestLine) throws(RequestError) -> RequestHead {
        guard hosts == 1 || line.minorVersion == 0 else { throw .malformed("there is no Host field") }
        let framing = try framing(minorVersion: line.minorVersion)
        guard meetsExpectation || line.minorVersion == 0 else { throw .expectationFailed }
        return RequestHead(
            method: line.method, path: line.target.path, query: line.target.query, authority: line.target.authority,
            minorVersion: line.minorVersion, fields: all, framing: framing,
            keepsAlive: !asksClose && (line.minorVersion == 1 || asksKeepAlive),
            expectsContinue: expectsContinue && line.minorVersion == 1 && framing != .none,
            requestID: requestID, trace: trace)
    }

    /// RFC 9112, section 6.3; a Content-Length beside a Transfer-Encoding is how requests are smuggled.
    private func framing(minorVersion: Int) throws(RequestError) -> BodyFraming {
        guard let codings else { return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none }
        guard minorVersion == 1 else { throw .malformed("Transfer-Encoding in an HTTP/1.0 request") }
        guard contentLength == nil else { throw .malformed("Content-Length together with Transfer-Encoding") }
        try codings.requireChunked()
        return .chunked
    }
}
