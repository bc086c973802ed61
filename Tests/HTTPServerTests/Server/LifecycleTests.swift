import Glibc
import HTTPTypes
import Logging
import Testing

@testable import HTTPServer

struct LifecycleTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// - Parameter loops: with one, all connections hear of a stop at the same moment.
    private func server(
        loops: Int = ServerConfiguration.defaultEventLoops,
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void
    ) throws -> (Server, SocketAddress) {
        let server = Server(ServerConfiguration(port: 0, eventLoops: loops))
        let addresses = try server.start(handler)
        return (server, try #require(addresses.first))
    }

    @Test func stoppingFinishesRequestsInFlightAndClosesIdleConnections() async throws {
        let running = Flag()
        let go = Flag()
        let (server, address) = try server(loops: 1) { request, writer in
            if request.path == "/slow" {
                running.raise()
                await go.wait()
            }
            try await writer.send(text("done"))
        }
        let idle = try TestClient(address)
        try await idle.send(Self.get)
        _ = try await idle.response()
        let busy = try TestClient(address)
        try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        await running.wait()
        async let stopped: Void = server.stop(deadline: .seconds(20))
        let idleIsClosed = try await idle.isClosed()
        #expect(idleIsClosed)
        #expect(throws: TestClient.Failed.self) { _ = try TestClient(address) }
        go.raise()
        let response = try await busy.response()
        #expect(response.text == "done")
        #expect(response["Connection"] == "close")
        busy.shutdownWrite()
        await stopped
    }

    @Test func theDeadlineBreaksOffAndCancels() async throws {
        let running = Flag()
        let cancelled = Flag()
        let (server, address) = try server { _, _ in
            running.raise()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
        }
        let client = try TestClient(address)
        try await client.send(Self.get)
        await running.wait()
        let took = await ContinuousClock().measure { await server.stop(deadline: .milliseconds(200)) }
        #expect(took < .seconds(5))
        #expect(await cancelled.isRaised(within: .seconds(5)))
        await #expect(throws: TestClient.Failed.self) { _ = try await client.response() }
    }

    @Test func abortingEndsAStopEarly() async throws {
        let running = Flag()
        let (server, address) = try server { _, _ in
            running.raise()
            try await Task.sleep(for: .seconds(60))
        }
        let client = try TestClient(address)
        try await client.send(Self.get)
        await running.wait()
        let stopping = Task { await server.stop(deadline: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(50))
        let took = await ContinuousClock().measure {
            await server.abort()
            await stopping.value
        }
        #expect(took < .seconds(5))
    }

    @Test func stoppingDoesNotWaitForConnectionsThatSayNothing() async throws {
        let (server, address) = try server { _, writer in try await writer.send(text("x")) }
        let clients = try (0..<20).map { _ in try TestClient(address) }
        try await Task.sleep(for: .milliseconds(50))
        let took = await ContinuousClock().measure { await server.stop(deadline: .seconds(20)) }
        #expect(took < .seconds(5))
        #expect(clients.count == 20)
    }

    @Test func slowClientsDoNotHoldAStop() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.limits.hurriedTimeout = .milliseconds(300)
        configuration.limits.lingerTimeout = .milliseconds(300)
        let server = Server(configuration)
        let large = [UInt8](repeating: 120, count: 32 << 20)
        let reading = Flag()
        let address = try server.start { request, writer in
            if request.path == "/large" {
                reading.raise()
                return try await writer.send(Response(status: .ok, body: .bytes(large)))
            }
            try await writer.send(text("\(try await request.body.collect(upTo: 100).count)"))
        }[0]
        let head = try TestClient(address, saying: "GET / HT")
        let body = try TestClient(address, saying: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
        let reader = try TestClient(address, receiveBuffer: 4096, saying: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await reading.wait()
        try await Task.sleep(for: .milliseconds(100))
        let took = await ContinuousClock().measure { await server.stop(deadline: .seconds(60)) }
        #expect(took < .seconds(20))
        #expect(try await head.response().status == 408)
        #expect(try await body.response().status == 408)
        await #expect(throws: TestClient.Failed.self) { _ = try await reader.response() }
    }

    @Test func stoppingTwiceOrBeforeTheStartDoesNoHarm() async throws {
        let idle = Server()
        await idle.stop()
        #expect(throws: ServerStartError.self) { try idle.start { _, _ in } }
        let (server, _) = try server { _, _ in }
        await server.stop()
        await server.stop()
    }

    @Test func aServerStartsOnce() async throws {
        let (server, _) = try server { _, _ in }
        #expect(throws: ServerStartError.self) { try server.start { _, _ in } }
        await server.stop()
    }

    @Test func aPortInUseIsToldWithWhatToDo() async throws {
        let (server, address) = try server { _, _ in }
        let second = Server(ServerConfiguration(port: address.port))
        let error = #expect(throws: ServerStartError.self) { try second.start { _, _ in } }
        #expect(error?.code == EADDRINUSE)
        #expect(
            error?.description == "port \(address.port) on 127.0.0.1 is already in use")
        await server.stop()
    }

    @Test func addressesThatAreNotOursAreToldWithWhatToDo() {
        let foreign = Server(ServerConfiguration(host: "192.0.2.1", port: 0))
        let error = #expect(throws: ServerStartError.self) { try foreign.start { _, _ in } }
        #expect(error?.code == EADDRNOTAVAIL)
        let unknown = Server(ServerConfiguration(host: "no such host", port: 0))
        #expect(throws: ServerStartError.self) { try unknown.start { _, _ in } }
        let port = Server(ServerConfiguration(port: 65_536))
        #expect(throws: ServerStartError.self) { try port.start { _, _ in } }
    }

    @Test func runServesUntilItsTaskIsCancelled() async throws {
        let listening = Gathered<SocketAddress>()
        let stopping = Flag()
        let ready = Flag()
        let server = Server(ServerConfiguration(port: 0))
        let running = Task {
            try await server.run(
                onListening: { addresses in
                    listening.append(addresses[0])
                    ready.raise()
                },
                onStopping: { stopping.raise() },
                { _, writer in try await writer.send(text("hello")) })
        }
        await ready.wait()
        let client = try TestClient(try #require(listening.values.first))
        try await client.send(Self.get)
        #expect(try await client.response().text == "hello")
        #expect(!stopping.isRaised)
        running.cancel()
        try await running.value
        #expect(stopping.isRaised)
    }
}
