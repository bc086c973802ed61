import HTTPTypes
import Testing

@testable import HTTPServer

struct LimitTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static let hello: @Sendable (Request, ResponseWriter) async throws -> Void = { _, writer in
        try await writer.send(text("hello"))
    }

    @Test func theLastRequestOfAConnectionSaysSo() async throws {
        try await withServer({ $0.limits.requestsPerConnection = 3 }, handler: Self.hello) { address in
            let client = try TestClient(address)
            try await client.send(Self.get + Self.get + Self.get + Self.get)
            #expect(try await client.response()["Connection"] == nil)
            #expect(try await client.response()["Connection"] == nil)
            #expect(try await client.response()["Connection"] == "close")
            let isClosed = try await client.isClosed()
            #expect(isClosed)
        }
    }

    @Test func beyondTheLimitOfConnectionsRequestsAreAnswered503() async throws {
        let events = Gathered<ConnectionEvent>()
        try await withServer(
            {
                $0.limits.connections = 2
                $0.onConnectionEvent = { events.append($0) }
            },
            handler: Self.hello
        ) { address in
            var clients = try (0..<2).map { _ in try TestClient(address) }
            for client in clients {
                try await client.send(Self.get)
                #expect(try await client.response().status == 200)
            }
            for request in [Self.get + Self.get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"] {
                let third = try TestClient(address)
                try await third.send(request)
                let refusal = try await third.response()
                #expect(refusal.status == 503 && refusal["Retry-After"] == "1" && refusal["Connection"] == "close")
                #expect(refusal.text.contains("/problems/too-many-connections"))
                #expect(try await third.isClosed())
            }
            #expect(events.values.count { if case .surplus = $0 { true } else { false } } == 2)
            clients.removeFirst()
            // The server has to see that it went.
            for attempt in 0..<100 {
                let next = try TestClient(address)
                try await next.send(Self.get)
                let status = try await next.response().status
                if status == 200 { break }
                #expect(status == 503 && attempt < 99)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test func beyondThoseThatAreAnsweredClientsWaitForOneToGo() async throws {
        try await withServer({ $0.limits.connections = 2 }, handler: Self.hello) { address in
            // Silent ones beyond the limit keep their places until their time is over.
            var clients = try (0..<2 + ConnectionCensus.surplus(beyond: 2)).map { _ in try TestClient(address) }
            for client in clients.prefix(2) {
                try await client.send(Self.get)
                #expect(try await client.response().status == 200)
            }
            let waiting = try TestClient(address)
            try await waiting.send(Self.get)
            let isQuiet = try await waiting.isQuiet()
            #expect(isQuiet)
            clients.removeAll()
            // Whatever place it got: it is answered.
            #expect([200, 503].contains(try await waiting.response().status))
        }
    }

    @Test func whoWasOneTooManyIsServedOnceThereIsRoom() async throws {
        try await withServer({ $0.limits.connections = 1 }, handler: Self.hello) { address in
            var clients = [try TestClient(address)]
            try await clients[0].send(Self.get)
            #expect(try await clients[0].response().status == 200)
            let silent = try (0..<2).map { _ in try TestClient(address) }
            clients = []
            for attempt in 0..<100 {
                try await Task.sleep(for: .milliseconds(20))
                let next = try TestClient(address)
                try await next.send(Self.get)
                let status = try await next.response().status
                if status == 200 { break }
                #expect(attempt < 99, "silent clients beyond the limit keep nobody out")
            }
            try await Task.sleep(for: .milliseconds(50))
            try await silent[0].send(Self.get)
            let answer = try await silent[0].response()
            #expect(answer.status == 200 && answer["Connection"] == "close")
        }
    }

    @Test func beyondTheLimitOfAnAddressConnectionsAreReset() async throws {
        try await withServer({ $0.limits.connectionsPerAddress = 2 }, handler: Self.hello) { address in
            let clients = try (0..<2).map { _ in try TestClient(address) }
            for client in clients {
                try await client.send(Self.get)
                #expect(try await client.response().status == 200)
            }
            let third = try TestClient(address)
            await #expect(throws: TestClient.Failed.self) {
                try await third.send(Self.get)
                _ = try await third.response()
            }
            #expect(clients.count == 2)
        }
    }

    @Test func clientsThatPipelineAndNeverReadDoNotStopOthers() async throws {
        let large = String(repeating: "x", count: 1 << 18)
        try await withServer(
            { $0.eventLoops = 1 },
            handler: { request, writer in try await writer.send(text(request.path == "/" ? "hello" : large)) },
            test: { address in
                let greedy = try (0..<4).map { _ in try TestClient(address, receiveBuffer: 4096) }
                let requests = octets(String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", count: 2_000))
                for client in greedy { _ = try await client.sendUntilBlocked(requests, quiet: 100) }
                let client = try TestClient(address)
                try await client.send(Self.get)
                #expect(try await client.response().text == "hello")
                #expect(greedy.count == 4)
            })
    }

    @Test func aPipeliningClientThatReadsLateGetsEveryAnswer() async throws {
        try await withServer({ $0.limits.requestsPerConnection = .max }, handler: Self.hello) { address in
            let client = try TestClient(address)
            let count = 3_000
            let sending = Task { try await client.send(String(repeating: Self.get, count: count)) }
            try await Task.sleep(for: .milliseconds(100))
            try await sending.value
            for _ in 0..<count { #expect(try await client.response().text == "hello") }
        }
    }

    @Test func largeHeadsAreRefusedWhileTheClientStillSends() async throws {
        try await withServer(handler: Self.hello) { address in
            let fields = try TestClient(address)
            try await fields.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "v", count: 1 << 20))
            #expect(try await fields.response().status == 431)
            let target = try TestClient(address)
            try await target.send("GET /" + String(repeating: "a", count: 1 << 20))
            #expect(try await target.response().status == 414)
        }
    }
}
