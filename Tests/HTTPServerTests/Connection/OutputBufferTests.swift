import Testing

@testable import HTTPServer

struct OutputBufferTests {
    /// Takes what its script says: a number of octets, or nothing for 0.
    private final class Script: Transport {
        let descriptor: Int32 = -1
        var written: [UInt8] = []
        var capacities: [Int]
        var moreFlags: [Bool] = []

        init(_ capacities: [Int]) { self.capacities = capacities }

        var isSecure: Bool { false }

        func handshake() -> TransportHandshake { .complete }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> TransportRead { .end }

        func write(_ bytes: UnsafeRawBufferPointer, isMoreComing: Bool) -> TransportWrite {
            guard !capacities.isEmpty else { return .failed }
            let count = min(capacities.removeFirst(), bytes.count)
            guard count > 0 else { return .blocked(on: .writable) }
            moreFlags.append(isMoreComing)
            written += bytes[..<count]
            return .bytes(count)
        }

        func shutdownWrite() {}
        func close(reset: Bool) {}
    }

    private func bytes(_ count: Int, seed: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ seed) }
    }

    @Test func smallPiecesLeaveAsOne() {
        var buffer = OutputBuffer()
        buffer.append(octets("a"))
        buffer.append { $0.append(contentsOf: "b".utf8) }
        buffer.append(octets("c"))
        #expect(buffer.count == 3)
        let script = Script([100])
        var taken = 0
        #expect(buffer.write(to: script, taken: &taken) == nil)
        #expect(taken == 3)
        #expect(script.written == octets("abc"))
        #expect(script.moreFlags == [false])
        #expect(buffer.isEmpty)
    }

    @Test func moreIsAnnouncedWhileSegmentsFollow() {
        var buffer = OutputBuffer()
        buffer.append(octets("head"))
        buffer.append(bytes(OutputBuffer.joinedPieces, seed: 1))
        buffer.append(octets("tail"))
        let script = Script([.max, .max, .max])
        var taken = 0
        _ = buffer.write(to: script, taken: &taken)
        #expect(script.moreFlags == [true, true, false])
    }

    @Test func whatIsTakenInPartComesOutWholeAndInOrder() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<50 {
            var buffer = OutputBuffer()
            var expected: [UInt8] = []
            var written: [UInt8] = []
            for number in 0..<20 {
                let piece = bytes(Int.random(in: 0...40_000, using: &generator), seed: number)
                expected += piece
                buffer.append(piece)
                let script = Script((0..<3).map { _ in Int.random(in: 1...30_000, using: &generator) } + [0])
                var taken = 0
                _ = buffer.write(to: script, taken: &taken)
                written += script.written
                #expect(buffer.count == expected.count - written.count)
            }
            let script = Script([Int](repeating: .max, count: 1_000))
            var taken = 0
            #expect(buffer.write(to: script, taken: &taken) == nil)
            #expect(written + script.written == expected)
        }
    }

    @Test func whyItStopsIsTold() {
        var buffer = OutputBuffer()
        buffer.append(octets("abc"))
        var taken = 0
        #expect(buffer.write(to: Script([0]), taken: &taken) == .blocked(on: .writable))
        #expect(taken == 0)
        #expect(buffer.write(to: Script([2, 0]), taken: &taken) == .blocked(on: .writable))
        #expect(taken > 0)
        #expect(buffer.count == 1)
        #expect(buffer.write(to: Script([]), taken: &taken) == .failed)
    }
}
