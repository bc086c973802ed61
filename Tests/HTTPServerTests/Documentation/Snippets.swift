import HTTPServer
import HTTPTypes
import Logging

// The code of docs/http-server.md, compiled here without @testable as another package would; DocumentationTests
// compares both.

struct Job: Sendable {
    let text: String
}

/// What the snippets' handlers work with.
struct Jobs: Sendable {
    func job(_ id: Int) -> Job? { id == 7 ? Job(text: "the seventh") : nil }
    func changes() -> AsyncStream<String> { AsyncStream { $0.finish() } }
}

enum Snippets {
    static func first() async throws {
        // begin: first
        let server = Server(ServerConfiguration(port: 8080))
        try await server.run { request, writer in
            let hello = Array("hello from \(request.path)\n".utf8)
            try await writer.send(
                Response(status: .ok, headers: [.contentType: "text/plain"], body: .bytes(hello)))
        }
        // end
    }

    static func routes(_ jobs: Jobs) -> Router {
        // begin: routes
        var router = Router()
        router.on(.get, "/v1/jobs/{id}") { request, path in
            let id = try path("id", as: Int.self)
            guard let job = jobs.job(id) else { throw Problem.notFound("there is no job \(id)") }
            return Response(
                status: .ok, headers: [.contentType: "text/plain"], body: .bytes(Array(job.text.utf8)))
        }
        router.on(.post, "/v1/echo", bodyLimit: 1 << 20) { request, _ in
            Response(status: .ok, body: .bytes(try await request.body.collect(upTo: 1 << 20)))
        }
        // end
        return router
    }

    static func upload(_ router: inout Router) {
        // begin: upload
        router.on(.put, "/v1/count", bodyLimit: 2 << 30) { request, _ in
            var count = 0
            for try await piece in request.body { count += piece.count }
            let checked = request.trailers[.eTag] ?? "none"
            return Response(status: .ok, body: .bytes(Array("\(count) bytes, tag \(checked)\n".utf8)))
        }
        // end
    }

    static func download(_ router: inout Router) {
        // begin: download
        router.on(.get, "/v1/numbers") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: .stream(length: nil) { body in
                    for number in 0..<1_000_000 { try await body.write(Array("\(number)\n".utf8)) }
                    body.setTrailers([.eTag: "\"million\""])
                })
        }
        // end
    }

    static func events(_ router: inout Router, _ jobs: Jobs) {
        // begin: events
        router.on(.get, "/v1/events") { _, _ in
            Response(
                status: .ok, headers: [.contentType: ServerSentEvent.mediaType, .cacheControl: "no-store"],
                body: .stream(length: nil) { body in
                    for await change in jobs.changes() {
                        try await body.write(ServerSentEvent(event: "change", data: change))
                    }
                })
        }
        // end
    }

    static func negotiation(_ router: inout Router) {
        // begin: negotiation
        router.on(.get, "/v1/table") { request, _ in
            let offered = ["text/csv", "application/json"]
            guard let type = request.headers.preferredMediaType(of: offered) else {
                throw Problem.notAcceptable(offered: offered)
            }
            let rows = request.query["rows"] ?? "all"
            return Response(status: .ok, headers: [.contentType: type], body: .bytes(Array(rows.utf8)))
        }
        // end
    }

    static func endpoints() -> Server {
        // begin: endpoints
        let tls = TLSConfiguration(certificateFile: "chain.pem", keyFile: "key.pem")
        var configuration = ServerConfiguration()
        configuration.endpoints = [
            .tcp(host: "::", port: 80), .tcp(host: "::", port: 443, tls: tls), .unix(path: "/run/service.sock"),
        ]
        configuration.limits.headTimeout = .seconds(5)
        configuration.limits.connectionsPerAddress = 256
        let server = Server(configuration)
        // end
        return server
    }

    static func observing(_ logger: Logger) -> ServerConfiguration {
        // begin: observing
        var configuration = ServerConfiguration(logger: logger)
        configuration.onRequestEnd = { summary in
            logger.info("\(summary.route ?? "-") \(summary.status?.code ?? 0) \(summary.duration)")
        }
        configuration.onConnectionEvent = { event in
            if case .refused(let address) = event { logger.notice("turned away: \(address)") }
        }
        // end
        return configuration
    }

    static func stopping(_ router: Router) async throws {
        // begin: stopping
        let server = Server(ServerConfiguration(port: 0))
        let addresses = try server.start(router)
        print("http://\(addresses[0])")
        await server.stop(deadline: .seconds(5))
        // end
    }
}
