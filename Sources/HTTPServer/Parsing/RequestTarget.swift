import HTTPTypes

/// What a request is about: its target reduced to path and query (RFC 9112, section 3.2).
struct RequestTarget: Equatable {
    /// The scheme of a target in absolute form.
    enum Scheme: Equatable {
        case http
        case https
    }

    /// The path as it was sent; `*` for OPTIONS of the server as a whole.
    var path: String

    /// What follows the '?', or nil when there is none.
    var query: String?

    /// The scheme, in absolute form only.
    var scheme: Scheme?

    /// The host and port, in absolute form only.
    var authority: String?

    init(_ target: Span<UInt8>, method: HTTPRequest.Method) throws(RequestError) {
        guard !target.isEmpty, target.allSatisfy(ByteClass.isTarget) else {
            throw .malformed("the request target is empty or has octets that no target has")
        }
        guard method != .connect else { throw .connectNotImplemented }
        if target[0] == UInt8(ascii: "/") {
            self.init(origin: target)
        } else if target.count == 1 && target[0] == UInt8(ascii: "*") {
            guard method == .options else { throw .malformed("'*' is a target of OPTIONS only") }
            self.init(path: "*", query: nil, scheme: nil)
        } else {
            try self.init(absolute: target, method: method)
        }
    }

    private init(path: String, query: String?, scheme: Scheme?) {
        self.path = path
        self.query = query
        self.scheme = scheme
    }

    private init(origin target: Span<UInt8>) {
        guard let mark = target.firstIndex(of: UInt8(ascii: "?")) else {
            self.init(path: target.text, query: nil, scheme: nil)
            return
        }
        self.init(
            path: target.extracting(0..<mark).text, query: target.extracting((mark + 1)..<target.count).text,
            scheme: nil)
    }

    /// `http://authority/path?query`: the authority must be valid and replaces that of Host, which is ignored.
    private init(absolute target: Span<UInt8>, method: HTTPRequest.Method) throws(RequestError) {
        let scheme: Scheme
        let start: Int
        if target.count >= 7 && target.extracting(0..<7).equalsIgnoringCase("http://") {
            (scheme, start) = (.http, 7)
        } else if target.count >= 8 && target.extracting(0..<8).equalsIgnoringCase("https://") {
            (scheme, start) = (.https, 8)
        } else {
            throw .malformed("the request target is neither a path nor an http URL")
        }
        var end = start
        while end < target.count && target[end] != UInt8(ascii: "/") && target[end] != UInt8(ascii: "?") { end += 1 }
        guard end > start, Authority.isValid(target.extracting(start..<end)) else {
            throw .malformed("the authority of the request target is not valid")
        }
        let rest = target.extracting(end..<target.count)
        if rest.isEmpty {
            self.init(path: method == .options ? "*" : "/", query: nil, scheme: scheme)
        } else if rest[0] == UInt8(ascii: "?") {
            self.init(path: "/", query: rest.extracting(1..<rest.count).text, scheme: scheme)
        } else {
            self.init(origin: rest)
            self.scheme = scheme
        }
        authority = target.extracting(start..<end).text
    }
}
