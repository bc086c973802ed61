import HTTPTypes

/// What makes a request impossible to serve, found in its octets or in their timing.
///
/// The connection ends after the answer: what follows a broken message cannot be trusted.
enum RequestError: Error, Equatable {
    case malformed(String)
    case methodTooLong
    case connectNotImplemented
    case targetTooLong(limit: Int)
    case headerSectionTooLarge(limit: Int)
    case tooManyFields(limit: Int)
    case versionNotSupported
    case codingNotImplemented(String)
    case bodyTooLong
    case expectationFailed
    case misdirected
    case headTimeout
    case bodyTimeout
    case incompleteBody
    case notSecure

    /// What the client is told.
    var problem: Problem {
        switch self {
        case .malformed(let detail): .malformedRequest(detail)
        case .methodTooLong: .methodNotImplemented("(over \(RequestLine.longestMethod) octets)")
        case .connectNotImplemented: .methodNotImplemented("CONNECT")
        case .targetTooLong(let limit):
            Problem(
                .uriTooLong, type: "/problems/target-too-long", title: "Request target too long",
                detail: "the request line is longer than \(limit) bytes", members: ["limit_bytes": .integer(limit)])
        case .headerSectionTooLarge(let limit):
            Self.fieldsTooLarge("the header section is longer than \(limit) bytes", ["limit_bytes": .integer(limit)])
        case .tooManyFields(let limit):
            Self.fieldsTooLarge("there are more than \(limit) header fields", ["limit_fields": .integer(limit)])
        case .versionNotSupported:
            Problem(
                .httpVersionNotSupported, type: "/problems/version-not-supported", title: "HTTP version not supported",
                detail: "this server speaks HTTP/1.1 and HTTP/1.0")
        case .codingNotImplemented(let coding):
            Problem(
                .notImplemented, type: "/problems/coding-not-implemented", title: "Transfer coding not implemented",
                detail: "the transfer coding \"\(coding)\" is not implemented; send chunked alone")
        case .bodyTooLong:
            Problem(
                .contentTooLarge, type: "/problems/content-too-large", title: "Content too large",
                detail: "Content-Length is beyond any limit")
        case .expectationFailed:
            Problem(
                .expectationFailed, type: "/problems/expectation-failed", title: "Expectation failed",
                detail: "the only expectation that can be met is 100-continue")
        case .misdirected:
            Problem(
                .misdirectedRequest, type: "/problems/misdirected-request", title: "Misdirected request",
                detail: "the target's scheme is not that of this connection")
        case .headTimeout: .requestTimeout("the request's head did not come in time")
        case .bodyTimeout: .requestTimeout("the request's body came too slowly")
        case .notSecure: .malformedRequest("this port speaks TLS; ask with https://")
        case .incompleteBody: .malformedRequest("the connection ended within the request's body")
        }
    }

    private static func fieldsTooLarge(_ detail: String, _ members: [String: ProblemValue]) -> Problem {
        Problem(
            .requestHeaderFieldsTooLarge, type: "/problems/header-fields-too-large", title: "Header fields too large",
            detail: detail, members: members)
    }
}
