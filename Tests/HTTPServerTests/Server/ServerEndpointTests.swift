import Glibc
import Testing

@testable import HTTPServer

struct ServerEndpointTests {
    private let authority: TestAuthority
    private var directory: String { authority.directory }

    init() throws {
        authority = try TestAuthority()
    }

    private func start(_ endpoints: ServerEndpoint...) throws -> (Server, SocketAddress) {
        let server = Server(ServerConfiguration(endpoints: endpoints))
        let addresses = try server.start { request, writer in
            try await writer.send(text("\(request.remoteAddress.isUnix)"))
        }
        return (server, try #require(addresses.first))
    }

    private func get(_ address: SocketAddress) async throws -> String {
        let client = try TestClient(address)
        try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return try await client.response().text
    }

    @Test(
        arguments: [
            (.tcp(port: 1), .tcp(port: 1), true), (.tcp(port: 1), .tcp(port: 2), false),
            (.tcp(port: 0), .tcp(port: 0), false),
            (.tcp(host: "127.0.0.1", port: 1), .tcp(host: "127.0.0.2", port: 1), false),
            (.tcp(host: "0.0.0.0", port: 1), .tcp(port: 1), true), (.tcp(port: 1), .tcp(host: "::", port: 1), true),
            (.tcp(host: "0.0.0.0", port: 1), .tcp(host: "::1", port: 1), false),
            (.tcp(port: 1, sharesPort: true), .tcp(port: 1, sharesPort: true), false),
            (.unix(path: "a"), .unix(path: "a"), true), (.unix(path: "a"), .tcp(port: 1), false),
        ] as [(ServerEndpoint, ServerEndpoint, Bool)])
    func whatWantsTheSamePortCollides(first: ServerEndpoint, second: ServerEndpoint, isSo: Bool) {
        #expect(first.collides(with: second) == isSo && second.collides(with: first) == isSo)
    }

    @Test func aUnixSocketServesAndGoesWithItsServer() async throws {
        let path = "\(directory)/server.sock"
        let (server, address) = try start(.unix(path: path, permissions: 0o600))
        #expect(address.description == "unix:\(path)")
        #expect(address.host == path)
        #expect(server.urls == ["unix:\(path)"])
        #expect(try await get(address) == "true")
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await server.stop(deadline: .zero)
        #expect(access(path, F_OK) != 0)
    }

    @Test func clientsOfAUnixSocketAreNotCountedAsOneAddress() async throws {
        var configuration = ServerConfiguration(endpoints: [.unix(path: "\(directory)/many.sock")])
        configuration.limits.connectionsPerAddress = 1
        let server = Server(configuration)
        let address = try #require(try server.start { _, writer in try await writer.send(text("x")) }.first)
        let clients = try (0..<5).map { _ in try TestClient(address, saying: "GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        for client in clients { #expect(try await client.response().text == "x") }
        await server.stop(deadline: .zero)
    }

    @Test func aSocketInUseIsNotTakenAndAnAbandonedOneIs() async throws {
        let path = "\(directory)/contested.sock"
        let (server, _) = try start(.unix(path: path))
        let error = #expect(throws: ServerStartError.self) { try start(.unix(path: path)) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description == "cannot listen on \(path): another server listens there")
        await server.stop(deadline: .zero)

        // A server that was killed leaves its socket behind.
        let abandoned = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(SocketAddress(unixPath: path).withSocketAddress { bind(abandoned, $0, $1) } == 0)
        close(abandoned)
        let (second, address) = try start(.unix(path: path))
        #expect(try await get(address) == "true")
        await second.stop(deadline: .zero)
    }

    @Test func filesThatAreNoSocketsAreLeftAlone() throws {
        let error = #expect(throws: ServerStartError.self) { try start(.unix(path: authority.root.chainFile)) }
        #expect(error?.description.hasSuffix("there is a file that is no socket") == true)
        #expect(access(authority.root.chainFile, F_OK) == 0)
    }

    @Test(arguments: ["", String(repeating: "x", count: 108)]) func pathsThatDoNotFitAreTold(path: String) {
        let error = #expect(throws: ServerStartError.self) { try start(.unix(path: path)) }
        #expect(error?.code == ENAMETOOLONG)
    }

    @Test func severalServersShareAPortThatTheySayTheyShare() async throws {
        let (first, address) = try start(.tcp(port: 0, sharesPort: true))
        let (second, _) = try start(.tcp(port: address.port, sharesPort: true))
        #expect(throws: ServerStartError.self) { try start(.tcp(port: address.port)) }
        for _ in 0..<8 { #expect(try await get(address) == "false") }
        await first.stop(deadline: .zero)
        for _ in 0..<8 { #expect(try await get(address) == "false") }
        await second.stop(deadline: .zero)
    }

    @Test func versionSixIsServed() async throws {
        let (server, address) = try start(.tcp(host: "::1", port: 0))
        #expect(server.urls == ["http://[::1]:\(address.port)"])
        #expect(try await get(address) == "false")
        await server.stop(deadline: .zero)
    }

    @Test func aListeningDescriptorIsTakenOver() async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(SocketAddress.loopback.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        let error = #expect(throws: ServerStartError.self) { try start(.descriptor(descriptor)) }
        #expect(error?.description == "cannot listen on descriptor \(descriptor): it is no socket that listens")
        #expect(listen(descriptor, 10) == 0)
        let (server, address) = try start(.descriptor(descriptor))
        #expect(address == SocketAddress(bound: descriptor))
        #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
        #expect(try await get(address) == "false")
        await server.stop(deadline: .zero)
    }

    @Test func socketsOfSystemdAreThoseOfThisProcess() throws {
        let tls = TLSConfiguration(certificateFile: "a", keyFile: "b")
        func inherited(
            _ variables: [String: String], tls: TLSConfiguration? = tls
        ) throws(ServerStartError) -> [ServerEndpoint] {
            try ServerEndpoint.inherited(tls: tls) { variables[$0] }
        }
        let own = "\(getpid())"
        #expect(try inherited([:]).isEmpty)
        #expect(try inherited(["LISTEN_PID": "1", "LISTEN_FDS": "x"]).isEmpty)
        for count in ["x", "0", "-1", "", "1001", "99999999999"] {
            let error = #expect(throws: ServerStartError.self) {
                try inherited(["LISTEN_PID": own, "LISTEN_FDS": count])
            }
            #expect(error?.description.contains("LISTEN_FDS is \"\(count)\"") == true)
        }
        #expect(try inherited(["LISTEN_PID": own, "LISTEN_FDS": "1"]) == [.descriptor(3)])
        let named = ["LISTEN_PID": own, "LISTEN_FDS": "3", "LISTEN_FDNAMES": "http:https"]
        let error = #expect(throws: ServerStartError.self) { try inherited(named, tls: nil) }
        #expect(error?.description.hasPrefix("cannot listen on descriptor 4: the socket is called https") == true)
        #expect(
            try inherited(["LISTEN_PID": own, "LISTEN_FDS": "3", "LISTEN_FDNAMES": "http:https"])
                == [.descriptor(3), .descriptor(4, tls: tls), .descriptor(5)])
    }

    @Test func whatOtherMachinesReachIsNamed() throws {
        for host in ["127.0.0.1", "127.1.2.3", "::1"] {
            #expect(ServerEndpoint.tcp(host: host, port: 80).exposedAddress == nil)
        }
        for host in ["0.0.0.0", "::", "192.0.2.1"] {
            #expect(ServerEndpoint.tcp(host: host, port: 80).exposedAddress == "\(host):80")
        }
        #expect(ServerEndpoint.unix(path: "/a").exposedAddress == nil)
        // Of a descriptor that is no socket nothing is known.
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(ServerEndpoint.descriptor(descriptor).exposedAddress == "descriptor \(descriptor)")
    }

    @Test func oneEndpointThatCannotBeHadClosesTheOthers() async throws {
        let path = "\(directory)/other.sock"
        let (server, address) = try start(.tcp(port: 0))
        #expect(throws: ServerStartError.self) { try start(.unix(path: path), .tcp(port: address.port)) }
        #expect(access(path, F_OK) != 0)
        await server.stop(deadline: .zero)
    }
}
