import HTTPTypes
import Testing

@testable import HTTPServer

/// Bodies that are read into memory of the handler's.
struct LentMemoryTests {
    private static func post(_ length: Int, _ fields: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(fields)\r\n"
    }

    private static func content(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    }

    /// Reads a body into `size` bytes again and again; with `mixed` every third time as a piece.
    private static func read(
        _ body: RequestBody, size: Int, mixed: Bool = false, filled: Gathered<Int>? = nil
    ) async throws -> [UInt8] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { room.deallocate() }
        var iterator = body.makeAsyncIterator()
        var bytes: [UInt8] = []
        var turn = 0
        while true {
            turn += 1
            if mixed && turn % 3 == 0 {
                guard let piece = try await iterator.next() else { return bytes }
                bytes += piece
                continue
            }
            switch try await iterator.next(into: room) {
            case .filled(let count)?:
                filled?.append(count)
                bytes += room[..<count]
            case .piece(let piece)?: bytes += piece
            case nil: return bytes
            }
        }
    }

    @Test(arguments: [1_000, 100_000, 1 << 20], [false, true])
    func whatIsSentArrivesAndTheNextRequestToo(size: Int, mixed: Bool) async throws {
        let sent = Self.content(3_000_001)
        let filled = Gathered<Int>()
        try await withServer(handler: { request, writer in
            let bytes = try await Self.read(request.body, size: size, mixed: mixed, filled: filled)
            try await writer.send(text("\(bytes.count) \(bytes == Array(sent.prefix(bytes.count)))"))
        }) { address in
            let client = try TestClient(address)
            for length in [sent.count, 5, 300_000] {
                // Two at once: the octets of the second stand right behind the first.
                let request = octets(Self.post(length)) + sent.prefix(length)
                try await client.send(request + request)
                #expect(try await client.response().text == "\(length) true")
                #expect(try await client.response().text == "\(length) true")
            }
        }
        // What is asked for as a piece is read ahead of, and then waits.
        if !mixed { #expect(filled.values.reduce(0, +) > 2_000_000, "most goes straight to the memory") }
        #expect(filled.values.allSatisfy { (1...size).contains($0) })
    }

    @Test func aChunkedBodyComesAsPieces() async throws {
        let filled = Gathered<Int>()
        try await withServer(handler: { request, writer in
            let bytes = try await Self.read(request.body, size: 4_096, filled: filled)
            try await writer.send(text("\(bytes.count)"))
        }) { address in
            let client = try TestClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = octets("10000\r\n") + [UInt8](repeating: 120, count: 65_536) + octets("\r\n")
            for _ in 0..<20 { try await client.send(chunk) }
            try await client.send("0\r\n\r\n")
            #expect(try await client.response().text == "1310720")
        }
        #expect(filled.values.isEmpty)
    }

    @Test func aHundredIsSentWhenTheMemoryIsLent() async throws {
        try await withServer(handler: { request, writer in
            let bytes = try await Self.read(request.body, size: 100)
            try await writer.send(text("\(bytes.count)"))
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(5, "Expect: 100-continue\r\n"))
            #expect(try await client.response().status == 100)
            try await client.send("hello")
            #expect(try await client.response().text == "5")
        }
    }

    @Test func aSlowBodyIsA408() async throws {
        try await withServer(
            { $0.limits.bodyTimeout = .milliseconds(300) },
            handler: { request, writer in
                let bytes = try await Self.read(request.body, size: 4_096)
                try await writer.send(text("\(bytes.count)"))
            },
            test: { address in
                let client = try TestClient(address)
                try await client.send(Self.post(50_000))
                try await client.send("a bit")
                #expect(try await client.response().status == 408)
            })
    }

    @Test func theTimeOfTheHandlerIsNotThatOfTheClient() async throws {
        let sizes = Gathered<Int>()
        let begun = Flag()
        let go = Flag()
        try await withServer(
            { $0.limits.bodyTimeout = .milliseconds(1_500) },
            handler: { request, writer in
                let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_000, alignment: 16)
                defer { room.deallocate() }
                var iterator = request.body.makeAsyncIterator()
                var count = 0
                while let content = try await iterator.next(into: room) {
                    if case .filled(let more) = content { count += more }
                    if case .piece(let piece) = content { count += piece.count }
                    // Behind the first content that went straight to the memory.
                    let isFirst = if case .filled = content { !begun.isRaised } else { false }
                    if isFirst { begun.raise() }
                    sizes.append(count)
                    if isFirst {
                        try await Task.sleep(for: .milliseconds(2_500))
                        go.raise()
                    }
                }
                try await writer.send(text("\(count)"))
            },
            test: { address in
                let client = try TestClient(address)
                try await client.send(Self.post(40_000))
                // Whole memories: a piece where the handler does not wait for what goes to its memory yet.
                var sent = 0
                while sent < 30_000, !begun.isRaised {
                    try await client.send([UInt8](repeating: 120, count: 1_000))
                    sent += 1_000
                    for _ in 0..<8_000 where sizes.values.last != sent { try await Task.sleep(for: .milliseconds(1)) }
                    try #require(sizes.values.last == sent)
                }
                #expect(await go.isRaised(within: .seconds(8)))
                try await client.send([UInt8](repeating: 120, count: 40_000 - sent))
                #expect(try await client.response().text == "40000")
            })
    }

    @Test func aBodyThatBreaksOffFailsTheRead() async throws {
        let errors = Gathered<String>()
        let ended = Flag()
        try await withServer(handler: { request, writer in
            defer { ended.raise() }
            do {
                let bytes = try await Self.read(request.body, size: 4_096)
                try await writer.send(text("\(bytes.count)"))
            } catch {
                errors.append("\((error as? Problem)?.status.code ?? 0)")
                throw error
            }
        }) { address in
            let client = try TestClient(address)
            try await client.send(Self.post(100_000))
            try await client.send([UInt8](repeating: 120, count: 50_000))
            client.shutdownWrite()
            #expect(try await client.response().status == 400)
            await ended.wait()
        }
        #expect(errors.values == ["400"])
    }

    @Test func aHandlerThatStopsReadingLeavesTheRestToBeDrained() async throws {
        try await withServer(handler: { request, writer in
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 16)
            defer { room.deallocate() }
            var iterator = request.body.makeAsyncIterator()
            for _ in 0..<5 { _ = try await iterator.next(into: room) }
            try await writer.send(text("enough"))
        }) { address in
            let client = try TestClient(address)
            let request = octets(Self.post(200_000)) + [UInt8](repeating: 120, count: 200_000)
            for _ in 0..<2 {
                try await client.send(request)
                #expect(try await client.response().text == "enough")
            }
        }
    }
}
