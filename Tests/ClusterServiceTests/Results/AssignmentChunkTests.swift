import Foundation
import Testing

@testable import ClusterService

@Suite struct AssignmentChunkTests {
    @Test func whatIsStoredIsReadAgain() throws {
        let chunk = AssignmentChunk(
            labels: [0, -1, .max, .min], distances: [0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude],
            confidence: [1, 0.5, 1 / 3, 0])
        let data = chunk.data
        #expect(data.count == 48)
        #expect(AssignmentChunk(data) == chunk)
        // A slice does not begin at index 0.
        #expect(AssignmentChunk((Data([9, 9]) + data).dropFirst(2)) == chunk)
    }

    @Test func columnsStandOneAfterTheOther() {
        let chunk = AssignmentChunk(labels: [1, 2], distances: [0.5, 2], confidence: [1, 0.25])
        #expect(
            Array(chunk.data) == [
                1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3E,
            ])
    }

    @Test func otherLengthsAreRefused() {
        for length in [1, 11, 13, 23] { #expect(AssignmentChunk(Data(count: length)) == nil) }
        #expect(AssignmentChunk(Data())?.labels == [])
    }

    @Test func longColumnsAreCutWithoutLoss() async throws {
        let count = 2 * AssignmentChunk.rows + 3
        let labels = (0..<count).map { Int32($0) }
        let values = labels.map { Float($0) }
        let cut = AssignmentChunks(labels: labels, distances: values, confidence: values)
        var chunks: [AssignmentChunk] = []
        for index in 0..<cut.count { chunks.append(try await cut.chunk(index)) }
        #expect(chunks.map(\.labels.count) == [AssignmentChunk.rows, AssignmentChunk.rows, 3])
        #expect(chunks.flatMap(\.labels) == labels)
        #expect(chunks.flatMap(\.distances) == values)
        #expect(AssignmentChunks(labels: [], distances: [], confidence: []).count == 0)
    }

    @Test func aChunkFitsTheStore() {
        #expect(AssignmentChunk.rows * 12 <= 1 << 20)
    }
}
