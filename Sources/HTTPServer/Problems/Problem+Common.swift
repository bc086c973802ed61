public import HTTPTypes

extension Problem {
    /// 400: the message breaks HTTP's own rules.
    public static func malformedRequest(_ detail: String) -> Problem {
        Problem(.badRequest, type: "/problems/malformed-request", title: "Malformed request", detail: detail)
    }

    /// 404: nothing is at the path.
    public static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, type: "/problems/not-found", title: "Not found", detail: detail)
    }

    /// 405: the resource is there but not for this method; `Allow` lists those it has.
    public static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> Problem {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(
            .methodNotAllowed, type: "/problems/method-not-allowed", title: "Method not allowed",
            detail: "\(method.rawValue) is not possible here; use one of: \(list)", headers: [.allow: list])
    }

    /// 406: the client accepts none of the media types there are.
    public static func notAcceptable(offered: [String]) -> Problem {
        Problem(
            .notAcceptable, type: "/problems/not-acceptable", title: "Not acceptable",
            detail: "none of the media types in Accept is offered; there are: \(offered.joined(separator: ", "))",
            members: ["offered": .strings(offered)])
    }

    /// 408: the request came too slowly.
    public static func requestTimeout(_ detail: String) -> Problem {
        Problem(.requestTimeout, type: "/problems/request-timeout", title: "Request timeout", detail: detail)
    }

    /// 413: the content is longer than the limit.
    public static func contentTooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge, type: "/problems/content-too-large", title: "Content too large",
            detail: "the content is longer than the limit of \(limit) bytes", members: ["limit_bytes": .integer(limit)])
    }

    /// 415: the content is of a media type that is not understood.
    public static func unsupportedMediaType(_ type: String, supported: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, type: "/problems/unsupported-media-type", title: "Unsupported media type",
            detail: "\(type) is not understood; send one of: \(supported.joined(separator: ", "))",
            members: ["supported": .strings(supported)])
    }

    /// 503: there are as many connections as there may be.
    public static let tooManyConnections = Problem(
        .serviceUnavailable, type: "/problems/too-many-connections", title: "Too many connections",
        detail: "the server has as many connections as it may; send the request again in a moment",
        headers: [.retryAfter: "1"])

    /// 500: the server is at fault; nothing of its inside is told.
    public static let internalError = Problem(
        .internalServerError, type: "/problems/internal-error", title: "Internal error",
        detail: "the server failed to answer; its log has the reason under this request id")

    /// 501: no resource of the server knows the method.
    public static func methodNotImplemented(_ method: String) -> Problem {
        Problem(
            .notImplemented, type: "/problems/method-not-implemented", title: "Method not implemented",
            detail: "the method \"\(method.prefix(64))\" is not implemented by this server")
    }

    /// 503: the request was given up before it was answered; hardly anybody is left to read this.
    static let cancelled = Problem(
        .serviceUnavailable, type: "/problems/cancelled", title: "Cancelled",
        detail: "the request was cancelled before it was done; try again")
}
