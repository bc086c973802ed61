import COpenSSL
import Glibc
import HTTPTypes
import Testing

@testable import HTTPServer

struct TLSServingTests {
    private let authority: TestAuthority
    private let files: TestAuthority.Issued

    init() throws {
        authority = try TestAuthority()
        files = try authority.issue("localhost")
    }

    private func tls(_ clients: TLSConfiguration.ClientCertificates = .ignored) -> TLSConfiguration {
        TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile, clientCertificates: clients)
    }

    private func serve(
        _ tls: TLSConfiguration, test: (SocketAddress) async throws -> Void
    ) async throws {
        try await withServer({ $0.endpoints = [.tcp(port: 0, tls: tls)] }) { _, writer in
            try await writer.send(text("secret"))
        } test: {
            try await test($0)
        }
    }

    private func connect(
        _ address: SocketAddress, _ adjust: (inout TLSTestClient.Options) -> Void = { _ in }
    ) async throws -> TLSTestClient {
        var options = TLSTestClient.Options()
        adjust(&options)
        return try await .connect(address, trusting: authority, options)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func requestsAreServed(version: Int32) async throws {
        try await serve(tls()) { address in
            let client = try await connect(address) { $0.version = version }
            for _ in 0..<3 { #expect(try await client.get().text == "secret") }
            #expect(client.version == version)
            #expect(client.selectedProtocol == "http/1.1")
        }
    }

    @Test func aRequestThatComesByteByByteIsServed() async throws {
        try await serve(tls()) { address in
            let client = try await connect(address)
            for byte in octets("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") { try await client.send([byte]) }
            #expect(try await client.response().text == "secret")
        }
    }

    @Test func theLowestVersionIsKept() async throws {
        var strict = tls()
        strict.minimumVersion = .v1_3
        try await serve(strict) { address in
            await #expect(throws: TestClient.Failed.self) {
                _ = try await connect(address) { $0.version = TLS1_2_VERSION }
            }
            let modern = try await connect(address)
            #expect(try await modern.get().status == 200)
        }
        try await serve(tls()) { address in
            await #expect(throws: TestClient.Failed.self) {
                _ = try await connect(address) { $0.version = TLS1_1_VERSION }
            }
        }
    }

    @Test func protocolsThatAreNotSpokenEndTheHandshake() async throws {
        try await serve(tls()) { address in
            let failure = await #expect(throws: TestClient.Failed.self) {
                _ = try await connect(address) { $0.protocols = ["h2", "spdy/3"] }
            }
            #expect(failure?.description.contains("no application protocol") == true)
            let both = try await connect(address) { $0.protocols = ["h2", "http/1.1"] }
            #expect(both.selectedProtocol == "http/1.1")
            let silent = try await connect(address) { $0.protocols = [] }
            #expect(silent.selectedProtocol == nil)
            #expect(try await silent.get().status == 200)
        }
    }

    @Test func aClientWithoutTLSIsToldSo() async throws {
        try await serve(tls()) { address in
            let client = try TestClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response["Connection"] == "close")
            #expect(response.text.contains("https://"))
            client.shutdownWrite()
            #expect(try await client.isClosed())
        }
    }

    @Test func garbageIsAnsweredWithAnAlertAndAClose() async throws {
        try await serve(tls()) { address in
            let client = try TestClient(address)
            try await client.send([UInt8](repeating: 0xFF, count: 300))
            // The server reads on for a while so that the alert arrives.
            client.shutdownWrite()
            let answer = try await client.rest()
            #expect(answer.isEmpty || answer[0] == 21)
        }
    }

    @Test func theEndOfTheAnswersIsAuthenticated() async throws {
        try await serve(tls()) { address in
            let client = try await connect(address)
            try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            // A close without a close_notify would be an error.
            let all = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(all.hasSuffix("secret"))
        }
    }

    @Test func aHalfClosedClientIsAnswered() async throws {
        try await serve(tls()) { address in
            let client = try await connect(address)
            try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.shutdownWrite()
            #expect(try await client.response().text == "secret")
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION], [false, true])
    func sessionsAreResumed(version: Int32, withClientCertificate: Bool) async throws {
        let shown = try authority.issue("client")
        try await serve(tls(withClientCertificate ? .required(authorityFile: authority.root.chainFile) : .ignored)) {
            address in
            func options(_ resumed: TLSTestClient?) -> (inout TLSTestClient.Options) -> Void {
                {
                    $0.version = version
                    $0.resumed = resumed
                    if withClientCertificate { $0.certificate = shown }
                }
            }
            let first = try await connect(address, options(nil))
            // The tickets of TLS 1.3 come with the first response.
            #expect(try await first.get().status == 200)
            #expect(!first.isResumed)
            let second = try await connect(address, options(first))
            #expect(try await second.get().status == 200)
            #expect(second.isResumed)
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func clientsShowTheirCertificatesOrGetNoSession(version: Int32) async throws {
        let other = try TestAuthority(name: "another authority")
        let good = try authority.issue("client")
        let foreign = try other.issue("client")
        func status(_ address: SocketAddress, _ shown: TestAuthority.Issued?) async -> Int? {
            try? await connect(address) { options in
                options.version = version
                options.certificate = shown
            }.get().status
        }
        try await serve(tls(.required(authorityFile: authority.root.chainFile))) { address in
            #expect(await status(address, good) == 200)
            #expect(await status(address, nil) == nil)
            #expect(await status(address, foreign) == nil)
        }
        try await serve(tls(.optional(authorityFile: authority.root.chainFile))) { address in
            #expect(await status(address, good) == 200)
            #expect(await status(address, nil) == 200)
            #expect(await status(address, foreign) == nil)
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func handlersSeeWhoTheClientIs(version: Int32) async throws {
        let shown = try authority.issue("Client.example")
        let rule = tls(.optional(authorityFile: authority.root.chainFile))
        try await withServer({ $0.endpoints = [.tcp(port: 0, tls: rule)] }) { request, writer in
            let certificate = request.clientCertificate
            try await writer.send(text("\(certificate?.subject ?? "-") \(certificate?.hosts ?? [])"))
        } test: { address in
            let known = try await connect(address) { options in
                options.version = version
                options.certificate = shown
            }
            for _ in 0..<2 { #expect(try await known.get().text == #"CN=Client.example ["client.example"]"#) }
            #expect(try await connect(address) { $0.version = version }.get().text == "- []")
        }
    }

    @Test func clientsGetTheCertificateOfTheHostTheyName() async throws {
        let wild = try authority.issue("*.b.example", file: "wild")
        var several = tls()
        several.certificates.append(.init(chainFile: wild.chainFile, keyFile: wild.keyFile))
        try await serve(several) { address in
            let plain = try await connect(address)
            #expect(plain.serverCommonName == "localhost")
            let named = try await connect(address) { $0.serverName = "a.b.example" }
            #expect(named.serverCommonName == "*.b.example")
            #expect(try await named.get().status == 200)
            #expect(named.selectedProtocol == "http/1.1")
            // Nobody has it; the first certificate is shown, which the client does not accept.
            await #expect(throws: TestClient.Failed.self) {
                _ = try await connect(address) { $0.serverName = "c.example" }
            }
        }
    }
}
