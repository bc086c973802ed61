import Glibc
import HTTPTypes
import Testing

@testable import HTTPServer

struct TLSLifecycleTests {
    private let authority: TestAuthority
    private let files: TestAuthority.Issued

    init() throws {
        authority = try TestAuthority()
        files = try authority.issue("localhost")
    }

    private var tls: TLSConfiguration {
        TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)
    }

    private func start(
        _ adjust: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> (Server, SocketAddress) {
        var configuration = ServerConfiguration(endpoints: [.tcp(port: 0, tls: tls)])
        adjust(&configuration)
        let server = Server(configuration)
        let addresses = try server.start { _, writer in try await writer.send(text("x")) }
        return (server, try #require(addresses.first))
    }

    @Test func aReloadServesNewConnectionsWithTheNewCertificate() async throws {
        let (server, address) = try start()
        let before = try await TLSTestClient.connect(address, trusting: authority)
        #expect(try await before.get().status == 200)
        try authority.issue("renewed.example", file: "localhost")
        try server.reloadTLS()
        let after = try await TLSTestClient.connect(
            address, trusting: authority, .init(serverName: "renewed.example"))
        #expect(after.serverCommonName == "renewed.example")
        #expect(try await after.get().status == 200)
        #expect(try await before.get().status == 200)
        await server.stop(deadline: .zero)
    }

    @Test func aReloadThatFailsKeepsWhatThereWas() async throws {
        let (server, address) = try start()
        try authority.issue("renewed.example", file: "renewed")
        #expect(rename("\(authority.directory)/renewed.pem", files.chainFile) == 0)
        let error = #expect(throws: TLSConfigurationError.self) { try server.reloadTLS() }
        #expect(error?.file == files.keyFile)
        #expect(error?.reason.contains("does not belong") == true)
        let client = try await TLSTestClient.connect(address, trusting: authority)
        #expect(try await client.get().status == 200)
        await server.stop(deadline: .zero)
    }

    @Test func aHandshakeUnderWayOutlivesTheCertificatesItBeganWith() async throws {
        let (server, address) = try start()
        // The first octets of a hello: the session exists, with the context of before.
        let stalled = try TestClient(address)
        try await stalled.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        try await Task.sleep(for: .milliseconds(50))
        for _ in 0..<3 { try server.reloadTLS() }
        try await stalled.send([UInt8](repeating: 0, count: 600))
        stalled.shutdownWrite()
        _ = try await stalled.rest()
        #expect(try await TLSTestClient.connect(address, trusting: authority).get().status == 200)
        await server.stop(deadline: .zero)
    }

    @Test func stalledHandshakesAreCutOffAndStopNobody() async throws {
        let (server, address) = try start { $0.limits.handshakeTimeout = .milliseconds(300) }
        let stalled = try (0..<20).map { _ in try TestClient(address) }
        for client in stalled.prefix(10) { try await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]) }
        #expect(try await TLSTestClient.connect(address, trusting: authority).get().status == 200)
        for client in stalled { #expect(try await client.isClosed()) }
        await server.stop(deadline: .zero)
    }

    @Test func stalledHandshakesDoNotHoldAStop() async throws {
        let (server, address) = try start { $0.limits.handshakeTimeout = .seconds(60) }
        let stalled = try (0..<20).map { _ in try TestClient(address) }
        for client in stalled.prefix(10) { try await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]) }
        let idle = try await TLSTestClient.connect(address, trusting: authority)
        #expect(try await idle.get().status == 200)
        let took = await ContinuousClock().measure { await server.stop(deadline: .seconds(20)) }
        #expect(took < .seconds(5))
        // The idle client is told properly.
        #expect(try await idle.rest().isEmpty)
    }

    @Test func plainAndSecureEndpointsServeSideBySide() async throws {
        let server = Server(ServerConfiguration(endpoints: [.tcp(port: 0), .tcp(port: 0, tls: tls)]))
        let addresses = try server.start { _, writer in try await writer.send(text("x")) }
        try #require(addresses.count == 2)
        let plain = try TestClient(addresses[0])
        try await plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await plain.response().text == "x")
        #expect(try await TLSTestClient.connect(addresses[1], trusting: authority).get().text == "x")
        await server.stop(deadline: .zero)
    }

    @Test func sessionsOfManyConnectionsComeBack() async throws {
        let (server, address) = try start()
        #expect(try await TLSTestClient.connect(address, trusting: authority).get().status == 200)
        try await Task.sleep(for: .milliseconds(50))
        let before = try openDescriptors()
        for number in 0..<50 {
            let client = try await TLSTestClient.connect(address, trusting: authority)
            if number % 2 == 0 { try await client.send("GET / HT") }
        }
        for _ in 0..<200 where try openDescriptors() > before { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try openDescriptors() <= before + 2)
        await server.stop(deadline: .zero)
    }
}
