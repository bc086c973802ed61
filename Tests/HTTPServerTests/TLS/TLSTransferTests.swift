import COpenSSL
import Glibc
import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

/// Much content over TLS, in both directions, with pauses.
struct TLSTransferTests {
    private let authority: TestAuthority
    private let tls: TLSConfiguration

    init() throws {
        authority = try TestAuthority()
        let files = try authority.issue("localhost")
        tls = TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)
    }

    /// The content that all these tests send: a prime number of octets again and again, so that no shift goes unseen.
    private static let content: [UInt8] = {
        let pattern = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        return [[UInt8]](repeating: pattern, count: 257).flatMap { $0 }
    }()

    private static func piece(at position: Int, count: Int) -> [UInt8] {
        Array(content[position..<(position + count)])
    }

    @Test func aLargeUploadArrivesWhole() async throws {
        let size = 8 << 20
        try await withServer({ $0.endpoints = [.tcp(port: 0, tls: tls)] }) { request, writer in
            var position = 0
            for try await piece in request.body {
                // Pauses let the client run into a full socket.
                if position % 5 == 0 { try await Task.sleep(for: .milliseconds(1)) }
                guard piece == Self.piece(at: position, count: piece.count) else { break }
                position += piece.count
            }
            try await writer.send(text("\(position)"))
        } test: { address in
            let client = try await TLSTestClient.connect(address, trusting: authority)
            try await client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(size)\r\n\r\n")
            for position in stride(from: 0, to: size, by: 1 << 20) {
                try await client.send(Self.piece(at: position, count: 1 << 20))
                // Requires the server to write while it reads.
                if position >> 20 == 5 { try await client.updateKeys() }
            }
            #expect(try await client.response().text == "\(size)")
        }
    }

    @Test func aDownloadWaitsForItsReaderAndArrivesWhole() async throws {
        let size = 16 << 20
        let written = Mutex(0)
        try await withServer({ $0.endpoints = [.tcp(port: 0, tls: tls)] }) { _, writer in
            let response = Response(
                status: .ok,
                body: .stream(length: size) { body in
                    // Sizes that are no multiples of a record's, small and large by turns.
                    var position = 0
                    while position < size {
                        let count = min(size - position, position % 2 == 0 ? 40_001 : 333)
                        try await body.write(Self.piece(at: position, count: count))
                        position += count
                        written.withLock { $0 = position }
                    }
                })
            try await writer.send(response)
        } test: { address in
            let client = try await TLSTestClient.connect(
                address, trusting: authority, .init(receiveBuffer: 64 << 10))
            try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await Task.sleep(for: .milliseconds(500))
            let ahead = written.withLock { $0 }
            #expect(ahead < 8 << 20, "\(ahead) bytes were written to a client that reads nothing")
            let response = try await client.response()
            #expect(response.body.count == size)
            #expect(response.body == Self.piece(at: 0, count: size))
        }
    }

    @Test func requestsPipelinedInOneRecordAreAnsweredInOrder() async throws {
        try await withServer({ $0.endpoints = [.tcp(port: 0, tls: tls)] }) { request, writer in
            try await writer.send(text(request.path))
        } test: { address in
            let client = try await TLSTestClient.connect(address, trusting: authority)
            let requests = (0..<200).map { "GET /\($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }
            try await client.send(requests.joined())
            for number in 0..<200 { #expect(try await client.response().text == "/\(number)") }
        }
    }
}
