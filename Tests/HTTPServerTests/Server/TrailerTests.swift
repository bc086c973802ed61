import HTTPTypes
import Testing

@testable import HTTPServer

struct TrailerTests {
    @Test func trailersOfARequestAreThereOnceItsBodyHasBeenRead() async throws {
        let sum = try #require(HTTPField.Name("X-Sum"))
        try await withServer(
            handler: { request, writer in
                let before = request.trailers.count
                _ = try await request.body.collect(upTo: 100)
                let shown =
                    "\(before) \(request.trailers[sum] ?? "-") \(request.headers[sum] ?? "-") \(request.trailers.count)"
                try await writer.send(text(shown))
            },
            test: { address in
                let client = try TestClient(
                    address, saying: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
                try await client.send("0\r\nX-Sum: 7\r\nContent-Length: 5\r\n\r\n")
                #expect(try await client.response().text == "0 7 - 1")
            })
    }

    private static let trailing: @Sendable (Request, ResponseWriter) async throws -> Void = { request, writer in
        let length = request.path == "/known" ? 2 : nil
        let response = Response(
            status: .ok,
            body: .stream(length: length) { body in
                try await body.write(octets("ab"))
                body.setTrailers([.eTag: "\"x\"", .contentLength: "5", .setCookie: "a=b"])
            })
        try await writer.send(response)
    }

    @Test func trailersOfAResponseFollowItsLastChunk() async throws {
        try await withServer(handler: Self.trailing) { address in
            let client = try TestClient(address, saying: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(answer.hasSuffix("\r\n2\r\nab\r\n0\r\nETag: \"x\"\r\n\r\n"))
        }
    }

    @Test(arguments: ["GET /known HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"])
    func withoutChunksThereAreNoTrailers(request: String) async throws {
        try await withServer(handler: Self.trailing) { address in
            let answer = String(decoding: try await TestClient(address, saying: request).rest(), as: UTF8.self)
            #expect(answer.hasSuffix("\r\n\r\nab"))
        }
    }
}
