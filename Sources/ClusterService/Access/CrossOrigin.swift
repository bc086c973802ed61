import HTTPServer
import HTTPTypes

/// Which pages of other origins may call the service from a browser (the CORS protocol of the Fetch standard).
struct CrossOrigin: Sendable {
    let origins: [String]

    private static let methods = "GET, HEAD, POST, PUT, DELETE"
    private static let requestFields =
        "Accept, Authorization, Content-Digest, Content-Encoding, Content-Type, Idempotency-Key, If-Match, "
        + "If-None-Match, If-Range, Last-Event-ID, Prefer, Range, traceparent, tracestate, X-API-Key, X-Request-Id"
    private static let responseFields =
        "Content-Location, ETag, Idempotent-Replayed, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, "
        + "Retry-After, X-Request-Id"

    /// What `Access-Control-Allow-Origin` says to a request; nil where its origin is not allowed, or it has none.
    func allowed(_ request: Request) -> String? {
        guard !origins.isEmpty, let origin = request.headers[named: "Origin"] else { return nil }
        if origins.contains("*") { return "*" }
        return origins.first { $0.utf8.elementsEqual(origin.utf8) }
    }

    /// Whether a browser asks if it may send a request.
    static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[named: "Access-Control-Request-Method"] != nil
    }

    /// The answer to a preflight, which needs no key: it says nothing of what there is.
    static func preflight(_ origin: String) -> Response {
        var response = Response(status: .noContent)
        response.headers[named: "Access-Control-Allow-Methods"] = methods
        response.headers[named: "Access-Control-Allow-Headers"] = requestFields
        response.headers[named: "Access-Control-Max-Age"] = "600"
        allow(origin, in: &response)
        return response
    }

    /// Lets a page of the origin read the response.
    static func allow(_ origin: String, in response: inout Response) {
        response.headers[named: "Access-Control-Allow-Origin"] = origin
        response.headers[named: "Access-Control-Expose-Headers"] = responseFields
    }

    /// Tells caches that the answer depends on the origin.
    func vary(_ response: inout Response) {
        guard !origins.isEmpty, !origins.contains("*") else { return }
        let known = response.headers[.vary]
        response.headers[.vary] = known.map { "\($0), Origin" } ?? "Origin"
    }
}
