import HTTPTypes
import Testing

@testable import HTTPServer

struct DisconnectTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func aResetCancelsTheHandlersTask() async throws {
        let running = Flag()
        let cancelled = Flag()
        try await withServer(handler: { _, _ in
            running.raise()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            await running.wait()
            client.reset()
            #expect(await cancelled.isRaised(within: .seconds(5)))
        }
    }

    @Test func aHalfCloseDoesNotCancelTheHandlersTask() async throws {
        try await withServer(handler: { _, writer in
            try await Task.sleep(for: .milliseconds(200))
            try await writer.send(text("not cancelled"))
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            client.shutdownWrite()
            #expect(try await client.response().text == "not cancelled")
        }
    }

    @Test func readsAndWritesFailOnceTheClientIsGone() async throws {
        let failures = Gathered<String>()
        let running = Flag()
        let done = Flag()
        try await withServer(handler: { request, writer in
            running.raise()
            do {
                for try await _ in request.body {}
            } catch { failures.append("\(type(of: error))") }
            do { try await writer.send(text("x")) } catch { failures.append("\(type(of: error))") }
            done.raise()
        }) { address in
            let client = try TestClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhe")
            await running.wait()
            client.reset()
            #expect(await done.isRaised(within: .seconds(5)))
        }
        #expect(failures.values.count == 2)
        #expect(failures.values.allSatisfy { $0 == "ConnectionClosed" || $0 == "CancellationError" })
    }

    @Test func aStreamToAClientThatLeavesEnds() async throws {
        let done = Flag()
        let response = Response(
            status: .ok,
            body: .stream(length: nil) { writer in
                defer { done.raise() }
                while true { try await writer.write([UInt8](repeating: 120, count: 1 << 14)) }
            })
        try await withServer(handler: { _, writer in try await writer.send(response) }) { address in
            let client = try TestClient(address)
            try await client.send(Self.get)
            try await Task.sleep(for: .milliseconds(50))
            client.reset()
            #expect(await done.isRaised(within: .seconds(5)))
        }
    }

    @Test func cancellingAChildTaskThatReadsWakesIt() async throws {
        try await withServer(handler: { request, writer in
            let outcome = await withTaskGroup(of: String.self) { group in
                group.addTask {
                    do {
                        for try await _ in request.body {}
                        return "read"
                    } catch { return "\(type(of: error))" }
                }
                try? await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
                return await group.next() ?? "nothing"
            }
            try await writer.send(text(outcome))
        }) { address in
            let client = try TestClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
            #expect(try await client.response().text == "CancellationError")
        }
    }

    @Test func descriptorsAndConnectionsComeBackAfterManyDroppedOnes() async throws {
        let running = try RunningServer(ServerConfiguration(port: 0)) { request, writer in
            _ = try await request.body.collect(upTo: 1 << 20)
            try await writer.send(text("ok"))
        }
        let address = running.addresses[0]
        let before = try openDescriptors()
        for number in 0..<1_000 {
            let client = try TestClient(address)
            switch number % 5 {
            case 0: break
            case 1: try await client.send("GET / HT")
            case 2: try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello")
            case 3: try await client.send(Self.get + Self.get)
            default: try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nx")
            }
            if number % 2 == 0 { client.reset() }
        }
        let end = ContinuousClock.now + .seconds(10)
        while running.connectionCount > 0 && ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        #expect(running.connectionCount == 0)
        // Other tests run meanwhile and have some; a thousand would be ours.
        let after = try openDescriptors()
        #expect(after < before + 200)
        let client = try TestClient(address)
        try await client.send(Self.get)
        #expect(try await client.response().status == 200)
        await running.stop(deadline: .zero)
    }
}
