import HTTPTypes
import Testing

@testable import HTTPServer

struct ServingTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Echoes the body, or answers GET with the path.
    private static let echo: @Sendable (Request, ResponseWriter) async throws -> Void = { request, writer in
        let body = request.body.isPresent ? try await request.body.collect(upTo: 1 << 20) : octets(request.path)
        try await writer.send(text(String(decoding: body, as: UTF8.self)))
    }

    @Test func answersWithTheFieldsOfAConnection() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == "/")
            #expect(response["Content-Type"] == "text/plain")
            #expect(response["Content-Length"] == "1")
            #expect(response["Date"]?.hasSuffix(" GMT") == true)
            #expect(response["X-Request-Id"]?.count == 13)
            #expect(response["Connection"] == nil)
            #expect(response["Transfer-Encoding"] == nil)
        }
    }

    @Test func aRequestIDOfTheClientsComesBack() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-7\r\n\r\n")
            #expect(try await client.response()["X-Request-Id"] == "mine-7")
        }
    }

    @Test func aRequestIDThatIsNotAcceptedGivesWayToTheTraceOrToOneOfTheServers() async throws {
        try await withServer({ $0.acceptsRequestID = { !$0.hasPrefix("secret") } }, handler: Self.echo) { address in
            let client = try TestClient(address)
            func id(_ fields: String) async throws -> String? {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
                return try await client.response()["X-Request-Id"]
            }
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let parent = "traceparent: 00-\(trace)-b7ad6b7169203331-01\r\n"
            #expect(try await id("X-Request-Id: mine-7\r\n\(parent)") == "mine-7")
            #expect(try await id("X-Request-Id: secret-7\r\n\(parent)") == trace)
            #expect(try await id("X-Request-Id: secret-7\r\n")?.count == 13)
        }
    }

    @Test func aConnectionServesManyRequestsOneAfterTheOther() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            for number in 0..<200 {
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.response().text == "/\(number)")
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer(handler: { request, writer in
            // Some answer at once, some later.
            if request.path.hasSuffix("3") { try await Task.sleep(for: .milliseconds(3)) }
            try await Self.echo(request, writer)
        }) { address in
            let client = try TestClient(address)
            let requests = (0..<100).map { number in
                number % 2 == 0
                    ? "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                    : "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\(1000 + number)"
            }
            try await client.send(requests.joined())
            for number in 0..<100 {
                #expect(try await client.response().text == (number % 2 == 0 ? "/\(number)" : "\(1000 + number)"))
            }
        }
    }

    @Test(arguments: RecordedMessages.malformed)
    func malformedMessagesAreAnsweredAndTheConnectionCloses(message: String) async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send(message)
            let response = try await client.response()
            #expect((400...501).contains(response.status))
            #expect(response["Content-Type"] == "application/problem+json")
            #expect(response["Connection"] == "close")
            #expect(response.text.contains("\"request_id\":\"\(response["X-Request-Id"] ?? "none")\""))
            client.shutdownWrite()
            #expect(try await client.isClosed())
        }
    }

    @Test func aMessageSplitAnywhereIsAnsweredAlike() async throws {
        try await withServer(handler: Self.echo) { address in
            let message = octets(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            let client = try TestClient(address)
            for cut in stride(from: 1, to: message.count, by: 3) {
                try await client.send(Array(message[..<cut]))
                try await Task.sleep(for: .milliseconds(1))
                try await client.send(Array(message[cut...]))
                #expect(try await client.response().text == "hello", "cut at \(cut)")
            }
        }
    }

    @Test func headHasTheFieldsOfGetAndNoContent() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            #expect(try await client.response(to: "HEAD")["Content-Length"] == "4")
            #expect(try await client.response().text == "/")
        }
    }

    @Test func http10IsClosedUnlessItAsksToPersist() async throws {
        try await withServer(handler: Self.echo) { address in
            let persistent = try TestClient(address)
            try await persistent.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try await persistent.response()["Connection"] == "keep-alive")
            try await persistent.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await persistent.response()["Connection"] == "close")
            #expect(try await persistent.isClosed())
        }
    }

    @Test func aHalfClosedClientIsAnswered() async throws {
        try await withServer(handler: { request, writer in
            try await Task.sleep(for: .milliseconds(50))
            try await Self.echo(request, writer)
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            client.shutdownWrite()
            #expect(try await client.response().text == "/")
            #expect(try await client.isClosed())
        }
    }

    @Test func aBodyCutShortIsA400() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            client.shutdownWrite()
            #expect(try await client.response().status == 400)
            #expect(try await client.isClosed())
        }
    }

    @Test func aMalformedQueryIsA400ThatNamesTheParameter() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("GET /?a=1&b=%zz HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.text.contains(#""parameter":"b""#))
            #expect(try await client.response().status == 200)
        }
    }

    @Test func theTargetInAbsoluteFormIsReduced() async throws {
        try await withServer(handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("GET http://x.example/abs?q HTTP/1.1\r\nHost: other\r\n\r\n")
            #expect(try await client.response().text == "/abs")
        }
    }

    @Test func everyRequestIsReported() async throws {
        let summaries = Gathered<RequestSummary>()
        try await withServer({ $0.onRequestEnd = { summaries.append($0) } }, handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send("POST /p?q HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            _ = try await client.response()
            try await client.send("bad\r\n\r\n")
            _ = try await client.response()
        }
        #expect(summaries.values.count == 2)
        let first = try #require(summaries.values.first)
        #expect(first.method == .post)
        #expect(first.path == "/p")
        #expect(first.status == .ok)
        #expect(first.bytesReceived == 5)
        #expect(first.bytesSent == 5)
        #expect(first.isComplete)
        #expect(first.remoteAddress.host == "127.0.0.1")
        #expect(summaries.values.last?.status == .badRequest)
        #expect(summaries.values.last?.method == nil)
    }

    @Test func itListensOnIPv6AndOnNames() async throws {
        try await withServer({ $0.host = "::1" }, handler: Self.echo) { address in
            #expect(address.description.hasPrefix("[::1]:"))
            let client = try TestClient(address)
            try await client.send(Self.get)
            #expect(try await client.response().status == 200)
        }
        try await withServer({ $0.host = "localhost" }, handler: Self.echo) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            #expect(try await client.response().status == 200)
        }
    }
}
