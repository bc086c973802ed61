import HTTPTypes
import Testing

@testable import HTTPServer

struct TimeoutTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static let echo: @Sendable (Request, ResponseWriter) async throws -> Void = { request, writer in
        try await writer.send(text("\(try await request.body.collect(upTo: 1 << 20).count)"))
    }

    private func withTimeouts(
        _ adjust: (inout ServerLimits) -> Void, test: (SocketAddress) async throws -> Void
    ) async throws {
        try await withServer({ adjust(&$0.limits) }, handler: Self.echo, test: test)
    }

    @Test func aSilentConnectionIsClosedWithoutAWord() async throws {
        try await withTimeouts({ $0.headTimeout = .milliseconds(200) }) { address in
            let client = try TestClient(address)
            let isClosed = try await client.isClosed()
            #expect(isClosed)
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        try await withTimeouts({ $0.idleTimeout = .milliseconds(200) }) { address in
            let client = try TestClient(address, saying: Self.get)
            #expect(try await client.response().status == 200)
            let isClosed = try await client.isClosed()
            #expect(isClosed)
        }
    }

    @Test func aSlowHeadIsA408HoweverItDrips() async throws {
        try await withTimeouts({ $0.headTimeout = .milliseconds(300) }) { address in
            let client = try TestClient(address, saying: "GET / HTTP/1.1\r\n")
            let dripping = Task {
                for number in 0..<100 {
                    try await Task.sleep(for: .milliseconds(20))
                    try await client.send("X-\(number): drip\r\n")
                }
            }
            let response = try await client.response()
            dripping.cancel()
            #expect(response.status == 408)
            #expect(response["Connection"] == "close")
        }
    }

    @Test func aSlowBodyIsA408HoweverItDrips() async throws {
        try await withTimeouts({ $0.bodyTimeout = .milliseconds(300) }) { address in
            let client = try TestClient(address, saying: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            let dripping = Task {
                for _ in 0..<100 {
                    try await Task.sleep(for: .milliseconds(20))
                    try await client.send("x")
                }
            }
            let response = try await client.response()
            dripping.cancel()
            #expect(response.status == 408)
            #expect(response["Connection"] == "close")
        }
    }

    @Test func aClientThatReadsNothingIsCutOff() async throws {
        let ended = Flag()
        let response = Response(
            status: .ok,
            body: .stream(length: nil) { writer in
                defer { ended.raise() }
                while true { try await writer.write([UInt8](repeating: 120, count: 1 << 16)) }
            })
        try await withServer(
            { $0.limits.writeStallTimeout = .milliseconds(300) },
            handler: { _, writer in try await writer.send(response) },
            test: { address in
                let client = try TestClient(address, receiveBuffer: 4096)
                try await client.send(Self.get)
                #expect(await ended.isRaised(within: .seconds(8)))
            })
    }

    @Test func aReaderThatDripsIsCutOff() async throws {
        let ended = Flag()
        let response = Response(
            status: .ok,
            body: .stream(length: nil) { writer in
                defer { ended.raise() }
                while true { try await writer.write([UInt8](repeating: 120, count: 1 << 16)) }
            })
        try await withServer(
            { configuration in
                configuration.limits.responseTimeout = .milliseconds(500)
                configuration.limits.responseBytesPerSecond = 64 << 20
            },
            handler: { _, writer in try await writer.send(response) },
            test: { address in
                let client = try TestClient(address, receiveBuffer: 4096)
                try await client.send(Self.get)
                let dripping = Task {
                    while !Task.isCancelled {
                        try await Task.sleep(for: .milliseconds(20))
                        try await client.take(16 << 10)
                    }
                }
                #expect(await ended.isRaised(within: .seconds(8)))
                dripping.cancel()
            })
    }

    @Test func aStreamOfEventsIsNotCutOffForItsAge() async throws {
        let response = Response(
            status: .ok,
            body: .stream(length: nil) { writer in
                for number in 0..<20 {
                    try await writer.write(ServerSentEvent(data: "\(number)"))
                    try await Task.sleep(for: .milliseconds(40))
                }
            })
        try await withServer(
            { $0.limits.responseTimeout = .milliseconds(200) },
            handler: { _, writer in try await writer.send(response) },
            test: { address in
                let client = try TestClient(address, saying: Self.get)
                #expect(try await client.response().text.hasSuffix("data: 19\n\n"))
            })
    }

    @Test func aHandlerMayTakeItsTime() async throws {
        try await withServer(
            { configuration in
                configuration.limits.headTimeout = .milliseconds(100)
                configuration.limits.idleTimeout = .milliseconds(100)
                configuration.limits.bodyTimeout = .milliseconds(100)
            },
            handler: { _, writer in
                try await Task.sleep(for: .milliseconds(600))
                try await writer.send(text("late"))
            },
            test: { address in
                let client = try TestClient(address, saying: Self.get)
                #expect(try await client.response().text == "late")
            })
    }

    @Test func lingeringEnds() async throws {
        try await withTimeouts({ $0.lingerTimeout = .milliseconds(200) }) { address in
            let client = try TestClient(address)
            try await client.send("bad\r\n\r\n")
            #expect(try await client.response().status == 400)
            // The client does not close: the server does, and octets sent from then on are refused.
            var isRefused = false
            for _ in 0..<100 where !isRefused {
                try await Task.sleep(for: .milliseconds(20))
                do { try await client.send("x") } catch { isRefused = true }
            }
            #expect(isRefused)
        }
    }
}
