/// How long the content of a response is.
enum ResponseLength: Equatable {
    case known(Int)
    case unknown
}

/// How a response is framed and what becomes of the connection after it (RFC 9112, sections 6 and 9).
struct ResponsePlan: Equatable {
    enum Framing: Equatable {
        /// No content and no field that speaks of it: 1xx, 204, 304.
        case none
        case length(Int)
        case chunked
        /// Ended by the close of the connection, for HTTP/1.0.
        case untilClose
    }

    var framing: Framing

    /// False for HEAD and for statuses without content: the fields are sent, the content is not.
    var sendsContent: Bool

    var keepsConnection: Bool

    /// Whether the client must be told that the connection persists: HTTP/1.0 does not assume it.
    var statesKeepAlive: Bool

    /// - Parameters:
    ///   - status: The status code.
    ///   - length: The length of the content.
    ///   - isHead: Whether the request was HEAD.
    ///   - minorVersion: The minor version of the request.
    ///   - mayKeep: Whether all else lets the connection go on.
    init(status: Int, length: ResponseLength, isHead: Bool, minorVersion: Int, mayKeep: Bool) {
        // 408, 413 and 431 end a connection whose input nobody will read.
        var keeps = mayKeep && status != 408 && status != 413 && status != 431
        let hasContent = status >= 200 && status != 204 && status != 304
        switch length {
        case _ where !hasContent: framing = .none
        case .known(let length): framing = .length(length)
        case .unknown where minorVersion >= 1: framing = .chunked
        case .unknown:
            framing = .untilClose
            keeps = keeps && isHead
        }
        sendsContent = hasContent && !isHead
        keepsConnection = keeps
        statesKeepAlive = keeps && minorVersion == 0
    }
}
