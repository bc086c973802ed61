import Foundation
import HTTPServer
import HTTPTypes

/// Our server with routing, limits, dates and an access log: `hello-server <port> [<tls port> <chain> <key>]`.
///
/// `/` answers a dozen octets, `/big` sends 1 GiB, `POST /sink` counts what it is sent.
@main
struct Hello {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let port = arguments.count > 1 ? Int(arguments[1]) ?? 8080 : 8080
        var endpoints: [ServerEndpoint] = [.tcp(port: port)]
        if arguments.count > 4, let tlsPort = Int(arguments[2]) {
            endpoints.append(
                .tcp(port: tlsPort, tls: TLSConfiguration(certificateFile: arguments[3], keyFile: arguments[4])))
        }
        var configuration = ServerConfiguration(endpoints: endpoints)
        // As nginx is set up beside it: a benchmark's connection is not ended after 1,000 requests.
        configuration.limits.requestsPerConnection = 1_000_000_000
        if let loops = ProcessInfo.processInfo.environment["EVENT_LOOPS"].flatMap({ Int($0) }) {
            configuration.eventLoops = loops
        }
        let access = AccessLog()
        configuration.onRequestEnd = { access.note($0) }
        try await Server(configuration).run(router)
    }

    private static var router: Router {
        let plain: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        let hello = Array("hello, world\n".utf8)
        var router = Router()
        router.on(.get, "/") { _, _ in Response(status: .ok, headers: plain, body: .bytes(hello)) }
        router.on(.get, "/big") { _, _ in
            let piece = [UInt8](repeating: 120, count: 256 << 10)
            return Response(
                status: .ok, headers: plain,
                body: .stream(length: 1 << 30) { writer in for _ in 0..<4_096 { try await writer.write(piece) } })
        }
        router.on(.post, "/sink", bodyLimit: 1 << 40) { request, _ in
            var count = 0
            for try await piece in request.body { count += piece.count }
            return Response(status: .ok, headers: plain, body: .bytes(Array("\(count)\n".utf8)))
        }
        return router
    }
}

/// Formats a line for each request and writes a block of them at a time, as a service's access log would be.
private final class AccessLog: Sendable {
    private let lines = LockedLines()

    func note(_ summary: RequestSummary) {
        lines.append(
            "\(summary.remoteAddress) \(summary.method?.rawValue ?? "-") \(summary.path ?? "-") "
                + "\(summary.status?.code ?? 0) \(summary.bytesSent) \(summary.requestID)\n")
    }
}
