import AttentionClustering
import Foundation

/// What a result says of a run of points: label, distance and confidence of each.
///
/// Stored as three columns one after another: labels as little-endian Int32, then distances and confidences as
/// Float32, 12 bytes a point.
struct AssignmentChunk: Sendable, Equatable {
    /// How many points a stored chunk holds, the last one excepted.
    static let rows = 65_536
    /// The bytes that a stored point takes.
    static let bytesPerRow = 12

    let labels: [Int32]
    let distances: [Float]
    let confidence: [Float]

    init(labels: [Int32], distances: [Float], confidence: [Float]) {
        self.labels = labels
        self.distances = distances
        self.confidence = confidence
    }

    /// Reads a stored chunk; nil where the bytes are not one.
    init?(_ data: Data) {
        guard data.count % 12 == 0 else { return nil }
        let count = data.count / 12
        (labels, distances, confidence) = data.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt32 {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
            }
            return (
                (0..<count).map { Int32(bitPattern: word($0)) },
                (count..<2 * count).map { Float(bitPattern: word($0)) },
                (2 * count..<3 * count).map { Float(bitPattern: word($0)) }
            )
        }
    }

    /// The bytes to store.
    var data: Data {
        var data = Data(capacity: Self.bytesPerRow * labels.count)
        // Every platform that this builds for is little-endian; elsewhere the words are turned one by one.
        #if _endian(little)
            labels.withUnsafeBytes { data.append(contentsOf: $0) }
            distances.withUnsafeBytes { data.append(contentsOf: $0) }
            confidence.withUnsafeBytes { data.append(contentsOf: $0) }
        #else
            for label in labels { withUnsafeBytes(of: label.littleEndian) { data.append(contentsOf: $0) } }
            for value in distances + confidence {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        #endif
        return data
    }

}

/// Where a result's chunks come from: a store, or memory.
struct AssignmentChunks: Sendable {
    let count: Int
    let chunk: @Sendable (_ index: Int) async throws -> AssignmentChunk

    /// Chunks of columns in memory, each cut when it is asked for.
    init(labels: [Int32], distances: [Float], confidence: [Float]) {
        let rows = AssignmentChunk.rows
        count = (labels.count + rows - 1) / rows
        chunk = { index in
            let range = index * rows..<min((index + 1) * rows, labels.count)
            return AssignmentChunk(
                labels: Array(labels[range]), distances: Array(distances[range]), confidence: Array(confidence[range]))
        }
    }

    init(count: Int, chunk: @escaping @Sendable (Int) async throws -> AssignmentChunk) {
        self.count = count
        self.chunk = chunk
    }
}
