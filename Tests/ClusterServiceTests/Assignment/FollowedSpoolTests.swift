import Foundation
import Testing

@testable import ClusterService

@Suite struct FollowedSpoolTests {
    private struct Failure: Error {}

    private func spool() throws -> (FollowedSpool, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        return (FollowedSpool(try SpoolFile(directory: directory.path)), directory)
    }

    @Test func theReaderGetsWhatWasWrittenInOrder() async throws {
        let (spool, directory) = try spool()
        async let read = Task {
            var bytes: [UInt8] = []
            while let piece = try await spool.next() { bytes += piece }
            return bytes
        }.value
        var written: [UInt8] = []
        for round in 0..<300 {
            let piece = (0..<round * 97).map { UInt8(truncatingIfNeeded: $0 &* round) }
            try spool.append(piece)
            written += piece
            if round % 7 == 0 { await Task.yield() }
        }
        spool.finish()
        #expect(try await read == written)
        #expect(try directory.files().isEmpty)
    }

    @Test func theWriterWaitsForNobody() async throws {
        let (spool, _) = try spool()
        for _ in 0..<64 { try spool.append([UInt8](repeating: 7, count: 1 << 16)) }
        spool.finish()
        var count = 0
        while let piece = try await spool.next() { count += piece.count }
        #expect(count == 4 << 20)
    }

    @Test func aFailureComesBehindTheLastBytes() async throws {
        let (spool, _) = try spool()
        try spool.append([1, 2, 3])
        spool.finish(Failure())
        #expect(try await spool.next() == [1, 2, 3])
        await #expect(throws: Failure.self) { try await spool.next() }
    }

    @Test func aFileReadToItsEndIsEmptied() async throws {
        let (spool, _) = try spool()
        for round in 0..<5 {
            try spool.append([UInt8](repeating: UInt8(round), count: 1 << 20))
            for _ in 0..<16 { #expect(try await spool.next()?.allSatisfy { $0 == UInt8(round) } == true) }
        }
        spool.finish()
        #expect(try await spool.next() == nil)
    }
}
