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
            try await spool.append(piece)
            written += piece
            if round % 7 == 0 { await Task.yield() }
        }
        spool.finish()
        #expect(try await read == written)
        #expect(try directory.files().isEmpty)
    }

    @Test func theWriterWaitsOnlyForAReaderFarBehind() async throws {
        let directory = try TemporaryDirectory()
        let quota = StorageQuota(limit: 1 << 20)
        let spool = FollowedSpool(try SpoolFile(directory: directory.path, quota: quota), room: 1 << 18)
        // Four pieces find room without a reader, the fifth waits for one.
        for _ in 0..<4 { try await spool.append([UInt8](repeating: 7, count: 1 << 16)) }
        let writer = Task {
            for _ in 0..<64 { try await spool.append([UInt8](repeating: 7, count: 1 << 16)) }
            spool.finish()
        }
        var count = 0
        while let piece = try await spool.next() { count += piece.count }
        #expect(count == 68 << 16)
        try await writer.value
    }

    @Test func aWriterGoesOnWhenTheReaderIsGone() async throws {
        let directory = try TemporaryDirectory()
        let spool = FollowedSpool(try SpoolFile(directory: directory.path), room: 1)
        try await spool.append([1])
        let writer = Task { try await spool.append([2]) }
        spool.abandon()
        await #expect(throws: CancellationError.self) { try await writer.value }
    }

    @Test func aFailureComesBehindTheLastBytes() async throws {
        let (spool, _) = try spool()
        try await spool.append([1, 2, 3])
        spool.finish(Failure())
        #expect(try await spool.next() == [1, 2, 3])
        await #expect(throws: Failure.self) { try await spool.next() }
    }

    @Test func aFileReadToItsEndIsEmptied() async throws {
        let (spool, _) = try spool()
        for round in 0..<5 {
            try await spool.append([UInt8](repeating: UInt8(round), count: 1 << 20))
            for _ in 0..<16 { #expect(try await spool.next()?.allSatisfy { $0 == UInt8(round) } == true) }
        }
        spool.finish()
        #expect(try await spool.next() == nil)
    }
}
