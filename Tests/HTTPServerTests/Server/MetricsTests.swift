import HTTPTypes
import Testing

@testable import HTTPServer

struct MetricsTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// The events of a server, without addresses and times.
    private func events(
        _ adjust: (inout ServerConfiguration) -> Void = { _ in }, until count: Int,
        _ clients: (SocketAddress) async throws -> Void
    ) async throws -> [String] {
        let gathered = Gathered<ConnectionEvent>()
        try await withServer(
            { configuration in
                configuration.onConnectionEvent = { gathered.append($0) }
                adjust(&configuration)
            },
            handler: { _, writer in try await writer.send(text("x")) },
            test: { address in
                try await clients(address)
                for _ in 0..<1000 where gathered.values.count < count { try await Task.sleep(for: .milliseconds(5)) }
            })
        return gathered.values.map { event in
            switch event {
            case .opened: "opened"
            case .handshakeFailed(_, let reason): "handshake failed: \(reason)"
            case .closed(_, let requests, let duration): "closed after \(requests), \(duration > .zero)"
            case .refused: "refused"
            case .surplus: "surplus"
            case .acceptFailed(let code): "accept failed: \(code)"
            }
        }
    }

    @Test func connectionsAreToldOfFromTheirOpeningToTheirClose() async throws {
        let events = try await events(until: 2) { address in
            let client = try TestClient(address, saying: Self.get + Self.get)
            _ = try await client.response()
            _ = try await client.response()
            client.shutdownWrite()
            _ = try await client.isClosed()
        }
        #expect(events == ["opened", "closed after 2, true"])
    }

    @Test func aClientTurnedAwayIsToldOf() async throws {
        let events = try await events({ $0.limits.connectionsPerAddress = 1 }, until: 2) { address in
            let first = try TestClient(address, saying: Self.get)
            _ = try await first.response()
            _ = try? await TestClient(address).rest()
            withExtendedLifetime(first) {}
        }
        #expect(events.prefix(2).sorted() == ["opened", "refused"])
    }

    @Test func aHandshakeThatFailsIsToldOf() async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("localhost")
        let tls = TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)
        let events = try await events({ $0.endpoints = [.tcp(port: 0, tls: tls)] }, until: 3) { address in
            let client = try TestClient(address, saying: Self.get)
            _ = try await client.response()
            client.shutdownWrite()
            _ = try await client.rest()
        }
        #expect(events == ["opened", "handshake failed: the client speaks HTTP without TLS", "closed after 0, true"])
    }

    @Test func aRequestIsCountedByTheTemplateOfItsRoute() async throws {
        let summaries = Gathered<RequestSummary>()
        var router = Router()
        router.on(.get, "/jobs/{id}") { _, _ in text("x") }
        try await withServer({ $0.onRequestEnd = { summaries.append($0) } }, router: router) { address in
            let client = try TestClient(address)
            for target in ["GET /jobs/7", "PUT /jobs/7", "GET /other"] {
                try await client.send("\(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.response()
            }
            for _ in 0..<1000 where summaries.values.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(summaries.values.map(\.route) == ["/jobs/{id}", "/jobs/{id}", nil])
    }
}
