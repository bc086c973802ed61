import HTTPTypes

/// Reads the heads of requests from octets that arrive in pieces of any size.
///
/// A line is looked at once, when it is whole; an incomplete one waits in ``line``, so that the time is linear in the
/// octets and what is found does not depend on where they were split.
struct RequestParser {
    /// How many empty lines may stand before a request line (RFC 9112, section 2.2, asks for one at least).
    static let emptyLinesBeforeRequest = 4

    private let requestLineLimit: Int
    private let sectionLimit: Int
    private let fieldLimit: Int

    /// The scheme that a target in absolute form must have.
    private let scheme: RequestTarget.Scheme

    private var requestLine: RequestLine?
    private var fields = HeadFields()
    private var line: [UInt8] = []
    private var emptyLines = 0
    private var fieldCount = 0
    private var sectionLength = 0

    init(limits: ServerLimits, isSecure: Bool = false) {
        requestLineLimit = limits.requestLine
        sectionLimit = limits.headerSection
        fieldLimit = limits.headerFields
        scheme = isSecure ? .https : .http
    }

    /// Whether part of a head has come, empty lines aside.
    var hasBegun: Bool { requestLine != nil || !line.isEmpty }

    /// Whether the request being read is known to be HEAD, whose answer has no content, be it well-formed or not.
    private(set) var isHead = false

    /// Reads on.
    ///
    /// - Parameters:
    ///   - bytes: Octets of the connection, in order.
    ///   - position: Where to begin in them; afterwards, where the head ended, or the end of the octets.
    /// - Returns: The head when it is complete; the parser is then ready for the next one.
    mutating func parse(_ bytes: Span<UInt8>, from position: inout Int) throws(RequestError) -> RequestHead? {
        while position < bytes.count {
            if line.isEmpty { try checkFirstOctet(bytes[position]) }
            guard let lineFeed = bytes.firstLineFeed(from: position) else {
                append(bytes.extracting(position..<bytes.count))
                position = bytes.count
                if requestLine == nil { isHead = RequestLine.namesHead(line.span) }
                try checkLimits(line.span, isComplete: false)
                return nil
            }
            let isHeadComplete: Bool
            if line.isEmpty {
                isHeadComplete = try read(bytes.extracting(position..<lineFeed))
            } else {
                append(bytes.extracting(position..<lineFeed))
                let whole = line
                line = []
                isHeadComplete = try read(whole.span)
            }
            position = lineFeed + 1
            if isHeadComplete { return try finish() }
        }
        return nil
    }

    private mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { line.append(contentsOf: $0) }
    }

    /// Turns away what is no HTTP from its first octet, such as a TLS hello.
    private func checkFirstOctet(_ byte: UInt8) throws(RequestError) {
        guard requestLine == nil, byte != ByteClass.carriageReturn, byte != ByteClass.lineFeed else { return }
        guard ByteClass.isToken(byte) else { throw .malformed("the method is not a token") }
    }

    /// Checks the length of a line that has come in part, or whole but for its line feed.
    private func checkLimits(_ line: Span<UInt8>, isComplete: Bool) throws(RequestError) {
        if requestLine != nil {
            if line.count == 1 && line[0] == ByteClass.carriageReturn { return }
            let length = sectionLength + line.count + (isComplete ? 1 : 0)
            if length > sectionLimit { throw .headerSectionTooLarge(limit: sectionLimit) }
        } else if line.count > requestLineLimit {
            let length = line[line.count - 1] == ByteClass.carriageReturn ? line.count - 1 : line.count
            if length > requestLineLimit { throw RequestLine.tooLong(line, limit: requestLineLimit) }
        }
    }

    /// Reads a line without its line feed; true for the one that ends the head.
    private mutating func read(_ line: Span<UInt8>) throws(RequestError) -> Bool {
        let length = line.count - 1
        let isEmpty = length == 0 && line[0] == ByteClass.carriageReturn
        if requestLine == nil { isHead = RequestLine.namesHead(line) }
        if !isEmpty { try checkLimits(line, isComplete: true) }
        guard length >= 0, line[length] == ByteClass.carriageReturn else {
            throw .malformed("a line ends in a line feed without a carriage return")
        }
        let content = line.extracting(0..<length)
        if requestLine == nil {
            if isEmpty {
                emptyLines += 1
                guard emptyLines <= Self.emptyLinesBeforeRequest else {
                    throw .malformed("there are too many empty lines before the request")
                }
            } else {
                requestLine = try RequestLine(content)
            }
            return false
        }
        if isEmpty { return true }
        fieldCount += 1
        guard fieldCount <= fieldLimit else { throw .tooManyFields(limit: fieldLimit) }
        sectionLength += line.count + 1
        try fields.append(content)
        return false
    }

    private mutating func finish() throws(RequestError) -> RequestHead? {
        guard let requestLine else { return nil }
        let head = try fields.head(requestLine)
        if let scheme = requestLine.target.scheme, scheme != self.scheme { throw .misdirected }
        self.requestLine = nil
        isHead = false
        fields = HeadFields()
        (emptyLines, fieldCount, sectionLength) = (0, 0, 0)
        return head
    }
}
