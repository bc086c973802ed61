import HTTPTypes

/// The first line of a request: method, target, version (RFC 9112, section 3).
struct RequestLine: Equatable {
    /// The longest method that is told from nonsense.
    static let longestMethod = 64

    var method: HTTPRequest.Method
    var target: RequestTarget

    /// 0 for HTTP/1.0, 1 for every later HTTP/1.
    var minorVersion: Int

    /// Reads a line without its CR LF: exactly three words with one space between them.
    init(_ line: Span<UInt8>) throws(RequestError) {
        guard let first = line.firstIndex(of: ByteClass.space) else {
            throw line.count > Self.longestMethod ? .methodTooLong : .malformed("the request line is not three words")
        }
        let methodName = line.extracting(0..<first)
        guard first > 0, methodName.allSatisfy(ByteClass.isToken) else {
            throw .malformed("the method is not a token")
        }
        guard first <= Self.longestMethod else { throw .methodTooLong }
        guard let second = line.firstIndex(of: ByteClass.space, from: first + 1) else {
            throw .malformed("the request line has no HTTP version")
        }
        minorVersion = try Self.minorVersion(line.extracting((second + 1)..<line.count))
        guard let method = HTTPRequest.Method(methodName.text) else { throw .malformed("the method is not a token") }
        self.method = method
        target = try RequestTarget(line.extracting((first + 1)..<second), method: method)
    }

    /// What to answer to a line that is too long to be read: 414, or 501 when not even its method ends.
    static func tooLong(_ line: Span<UInt8>, limit: Int) -> RequestError {
        for index in 0..<min(line.count, longestMethod + 1) where line[index] == ByteClass.space {
            return .targetTooLong(limit: limit)
        }
        return .methodTooLong
    }

    /// Whether a line, good or bad, begins with the method HEAD.
    static func namesHead(_ line: Span<UInt8>) -> Bool {
        guard line.count > 4, line[0] == UInt8(ascii: "H") else { return false }
        return line.extracting(0..<5).text == "HEAD "
    }

    /// The minor version of `HTTP/1.x`, at most 1.
    private static func minorVersion(_ version: Span<UInt8>) throws(RequestError) -> Int {
        let malformed = RequestError.malformed("the request line does not end in an HTTP version")
        guard version.count == 8, version[6] == UInt8(ascii: ".") else { throw malformed }
        for (index, byte) in "HTTP/".utf8.enumerated() where version[index] != byte { throw malformed }
        guard ByteClass.isDigit(version[5]), ByteClass.isDigit(version[7]) else { throw malformed }
        guard version[5] == UInt8(ascii: "1") else { throw .versionNotSupported }
        return version[7] == UInt8(ascii: "0") ? 0 : 1
    }
}
