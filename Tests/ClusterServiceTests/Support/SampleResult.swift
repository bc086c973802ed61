import AttentionClustering
import Synchronization

@testable import ClusterService

/// A small clustering, and what is written of it.
enum SampleResult {
    static let points: [[Float]] = [[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9], [0.5, 0.5]]

    static func clustering() throws -> Clustering {
        try AttentionHeads.fit(Points(values: points.flatMap(\.self), count: 7, dimension: 2), options: FitOptions())
    }
}

/// Gathers what is written piece by piece.
final class Gathered: Sendable {
    private let pieces = Mutex<[[UInt8]]>([])

    var output: ByteOutput {
        { bytes in self.pieces.withLock { $0.append(bytes) } }
    }

    var text: String { String(decoding: pieces.withLock { $0.flatMap(\.self) }, as: UTF8.self) }

    var longestPiece: Int { pieces.withLock { $0.map(\.count).max() ?? 0 } }
}
