public import HTTPTypes
public import Logging

/// Finds the handler of a request by its method and path.
///
/// ```swift
/// var router = Router()
/// router.on(.get, "/v1/jobs/{id}") { request, path in
///     Response(status: .ok, headers: [.contentType: "text/plain"], body: .bytes(Array(path["id"].utf8)))
/// }
/// ```
/// It also answers what every service answers alike: 404, 405 with `Allow`, 501, OPTIONS, HEAD by way of GET, 413.
public struct Router: Sendable {
    private var table = RouteTable()

    /// Makes a problem of an error that a handler threw, such as a full disk; nil leaves it to be a 500.
    public var problem: (@Sendable (any Error) -> Problem?)?

    /// What stands in front of all routes: it answers itself, or lets the routes answer and adds to the response.
    ///
    /// It sees every request, also one to a path that is not there.
    public var front: (@Sendable (Request, _ routes: @Sendable (Request) async -> Response) async -> Response)?

    /// Where errors are told of that the client is not.
    public var logger = Logger(label: "HTTPServer.Router")

    /// Creates a router without routes.
    public init() {}

    /// Adds a route; one of the same method and template is replaced.
    ///
    /// - Parameters:
    ///   - method: The method. A GET route answers HEAD too, unless there is a HEAD route.
    ///   - template: A path such as `/v1/jobs/{id}/result`. A capture takes one whole segment, never an empty one;
    ///     literal segments win over captures.
    ///   - bodyLimit: The greatest length of the request's content in bytes. A longer `Content-Length` is answered with
    ///     413 before the handler runs; a chunked body throws the same when it goes over. With 0 the handler sees no
    ///     body, and what the client sends is discarded. It is found anew for each request.
    ///   - handler: Makes the response. A ``Problem`` thrown is the response; any other error is logged and is a 500
    ///     without details. It runs on the event loop of the connection: what blocks or computes for more than a
    ///     millisecond belongs elsewhere.
    public mutating func on(
        _ method: HTTPRequest.Method, _ template: String, bodyLimit: @escaping @autoclosure @Sendable () -> Int = 0,
        _ handler: @escaping @Sendable (Request, PathCaptures) async throws -> Response
    ) {
        table.insert(method, template, bodyLimit: bodyLimit, handler)
    }

    /// The response to a request; never throws.
    public func respond(to request: Request) async -> Response {
        guard let front else { return await answer(request) }
        return await front(request, answer)
    }

    private func answer(_ request: Request) async -> Response {
        do {
            return try await route(request)
        } catch let problem as Problem {
            return problem.response(requestID: request.id)
        } catch is CancellationError, is ConnectionClosed {
            // Nobody is left to read this, or the server is being stopped by force.
            return Problem.cancelled.response(requestID: request.id)
        } catch {
            if let problem = problem?(error) { return problem.response(requestID: request.id) }
            logger.error(
                "request failed: \(error)",
                metadata: [
                    "request_id": "\(request.id)", "method": "\(request.method.rawValue)", "path": "\(request.path)",
                ])
            return Problem.internalError.response(requestID: request.id)
        }
    }

    private func route(_ request: Request) async throws -> Response {
        if request.path == "*" {
            guard request.method == .options else { throw Problem.malformedRequest("'*' is a target of OPTIONS only") }
            return Self.allowing(Self.allowed(table.methods))
        }
        guard Self.standardMethods.contains(request.method) || table.methods.contains(request.method) else {
            throw Problem.methodNotImplemented(request.method.rawValue)
        }
        guard let match = table.match(try RoutePath(request.path)) else {
            throw Problem.notFound("nothing is at \(request.path)")
        }
        if let template = match.endpoints.first?.endpoint.template { request.note(route: template) }
        guard let endpoint = Self.endpoint(for: request.method, in: match) else {
            let allowed = Self.allowed(match.endpoints.map(\.method))
            guard request.method == .options else { throw Problem.methodNotAllowed(request.method, allowed: allowed) }
            return Self.allowing(allowed)
        }
        let captures = PathCaptures(names: endpoint.captureNames, values: match.captured)
        return try await endpoint.handler(try Self.limiting(request, to: endpoint.bodyLimit()), captures)
    }

    private static func endpoint(for method: HTTPRequest.Method, in match: RouteTable.Match) -> Endpoint? {
        let exact = match.endpoints.first { $0.method == method }
        let found = exact ?? (method == .head ? match.endpoints.first { $0.method == .get } : nil)
        return found?.endpoint
    }

    private static func limiting(_ request: Request, to bodyLimit: Int) throws(Problem) -> Request {
        guard request.body.isPresent else { return request }
        guard bodyLimit > 0 else { return request.with(body: .empty) }
        if let length = request.body.contentLength, length > bodyLimit { throw .contentTooLarge(limit: bodyLimit) }
        return request.with(body: request.body.limited(to: bodyLimit))
    }

    private static func allowed(_ registered: [HTTPRequest.Method]) -> [HTTPRequest.Method] {
        var methods = registered
        if methods.contains(.get) && !methods.contains(.head) { methods.append(.head) }
        if !methods.contains(.options) { methods.append(.options) }
        return methods.sorted { $0.rawValue < $1.rawValue }
    }

    private static func allowing(_ methods: [HTTPRequest.Method]) -> Response {
        Response(status: .noContent, headers: [.allow: methods.map(\.rawValue).joined(separator: ", ")])
    }

    /// Methods of RFC 9110, PATCH (RFC 5789), and QUERY: known, so that a resource without one answers 405, not 501.
    private static let standardMethods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch, HTTPRequest.Method("QUERY"),
    ].reduce(into: []) { methods, method in
        if let method { methods.insert(method) }
    }
}
