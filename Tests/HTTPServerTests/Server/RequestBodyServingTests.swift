import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestBodyServingTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func post(_ length: Int, _ fields: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(fields)\r\n"
    }

    /// Answers with the number of bytes in the body.
    private static let count: @Sendable (Request, ResponseWriter) async throws -> Void = { request, writer in
        var count = 0
        for try await piece in request.body { count += piece.count }
        try await writer.send(text("\(count)"))
    }

    @Test func largeBodiesStreamThrough() async throws {
        try await withServer(handler: Self.count) { address in
            let client = try TestClient(address)
            try await client.send(octets(Self.post(5_000_000)) + [UInt8](repeating: 120, count: 5_000_000))
            #expect(try await client.response().text == "5000000")
            let chunk = octets("10000\r\n") + [UInt8](repeating: 120, count: 65_536) + octets("\r\n")
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 { try await client.send(chunk) }
            try await client.send("0\r\n\r\n")
            #expect(try await client.response().text == "1310720")
        }
    }

    @Test func aHandlerThatDoesNotReadSlowsItsClient() async throws {
        let go = Flag()
        try await withServer(handler: { request, writer in
            await go.wait()
            try await Self.count(request, writer)
        }) { address in
            let client = try TestClient(address)
            let length = 64 << 20
            try await client.send(Self.post(length))
            let sent = try await client.sendUntilBlocked([UInt8](repeating: 120, count: 1 << 16))
            // The system's buffers and ours, far from the whole.
            #expect(sent < 32 << 20)
            go.raise()
            try await client.send([UInt8](repeating: 120, count: length - sent))
            #expect(try await client.response().text == "\(length)")
        }
    }

    @Test func aHundredIsSentWhenTheBodyIsFirstRead() async throws {
        let go = Flag()
        try await withServer(handler: { request, writer in
            await go.wait()
            try await Self.count(request, writer)
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(5, "Expect: 100-continue\r\n"))
            #expect(try await client.isQuiet())
            go.raise()
            #expect(try await client.response().status == 100)
            try await client.send("hello")
            #expect(try await client.response().text == "5")
            try await client.send(Self.post(5, "Expect: 100-continue\r\n") + "hello")
            #expect(try await client.response().text == "5", "no 100 once the body is there")
        }
    }

    @Test func aRefusalTakesThePlaceOfTheHundred() async throws {
        try await withServer(handler: { _, _ in throw Problem.contentTooLarge(limit: 3) }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(5, "Expect: 100-continue\r\n"))
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response["Connection"] == "close")
            #expect(response.text.contains(#""limit_bytes":3"#))
            client.shutdownWrite()
            #expect(try await client.isClosed())
        }
    }

    @Test func aBodyNobodyReadsIsDrainedAndTheConnectionGoesOn() async throws {
        try await withServer(handler: { _, writer in try await writer.send(text("early")) }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(200_000))
            #expect(try await client.response().text == "early")
            try await client.send([UInt8](repeating: 120, count: 200_000) + octets(Self.get))
            #expect(try await client.response().text == "early")
        }
    }

    @Test func anEarlyAnswerToALongBodyCanBeReadBeforeTheClose() async throws {
        try await withServer(
            { $0.limits.lingerTimeout = .seconds(20) },
            handler: { _, writer in try await writer.send(text("early")) },
            test: { address in
                let client = try TestClient(address)
                try await client.send(Self.post(50_000_000))
                // Megabytes on their way when the answer is written: without lingering they would cause a reset.
                try await client.send([UInt8](repeating: 120, count: 2_000_000))
                let response = try await client.response()
                #expect(response.text == "early")
                #expect(response["Connection"] == "close")
                client.shutdownWrite()
                let isClosed = try await client.isClosed()
                #expect(isClosed)
            })
    }

    @Test func aBodyIsReadOnce() async throws {
        let results = Gathered<String>()
        try await withServer(handler: { request, writer in
            results.append(String(decoding: try await request.body.collect(upTo: 10), as: UTF8.self))
            results.append(try await request.body.collect(upTo: 10).isEmpty ? "empty" : "again")
            try await writer.send(text("done"))
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(5) + "hello")
            _ = try await client.response()
        }
        #expect(results.values == ["hello", "empty"])
    }

    @Test func aBodyCannotBeReadAfterItsRequest() async throws {
        let bodies = Gathered<RequestBody>()
        try await withServer(handler: { request, writer in
            bodies.append(request.body)
            try await writer.send(text("done"))
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(5))
            _ = try await client.response()
            try await client.send("hello" + Self.post(5) + "world")
            _ = try await client.response()
            let first = try #require(bodies.values.first)
            await #expect(throws: BodyAlreadyRead.self) { try await first.collect(upTo: 10) }
        }
    }

    @Test func malformedChunksReachTheHandlerAsAProblem() async throws {
        try await withServer(handler: Self.count) { address in
            let client = try TestClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX")
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response["Connection"] == "close")
        }
    }

    @Test func readingFromAnotherThreadWorksAlike() async throws {
        try await withServer(handler: { request, writer in
            try await Task.detached { try await Self.count(request, writer) }.value
        }) { address in
            let client = try TestClient(address)
            for _ in 0..<20 {
                try await client.send(octets(Self.post(300_000)) + [UInt8](repeating: 120, count: 300_000))
                #expect(try await client.response().text == "300000")
            }
        }
    }
}
