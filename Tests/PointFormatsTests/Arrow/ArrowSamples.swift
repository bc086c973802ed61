import Foundation
import PointFormats

/// The files beside the tests that pyarrow wrote; make_arrow.py says what they hold.
enum ArrowSamples {
    static let x: [Float] = [0.5, -1.25, 3, 1e-3, 65504]
    static let y: [Float] = [0, 1, 2, 3, 100]
    static let names = ["a", "b,\"c\"", "", "é", String(repeating: "e", count: 40)]
    /// The rows of the two columns.
    static var points: [Float] { zip(x, y).flatMap { [$0, $1] } }

    static func file(_ name: String) throws -> [UInt8] {
        let folder = Bundle.module.bundleURL.appendingPathComponent("Data/arrow")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// All files, in the order of their names.
    static let all: [[UInt8]] = {
        let folder = Bundle.module.bundleURL.appendingPathComponent("Data/arrow").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { try? file($0) }
    }()

    /// A stream of our own: two columns and ids, in two record batches.
    static let own: [UInt8] = {
        var writer = ByteWriter()
        writer.append(arrowSchema: [("key", .utf8), ("x", .float32), ("y", .int32), ("z", .float64), ("n", .int64)])
        for batch in [0..<3, 3..<5] {
            var identifiers = RowIdentifiers()
            for name in names[batch] { identifiers.append(name) }
            writer.append(
                arrowRows: batch.count,
                [
                    .text(identifiers), .float32(Array(x[batch])), .int32(y[batch].map { Int32($0) }),
                    .float64(x[batch].map { Double($0) }), .int64(y[batch].map { Int64($0) }),
                ])
        }
        writer.appendArrowEnd()
        return writer.bytes
    }()
}

/// A sink that keeps the identifiers.
struct IdentifierRecorder: PointSink {
    var values: [Float] = []
    var identifiers: [String] = []

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) { values += rows }

    mutating func append(_ identifiers: RowIdentifiers) { self.identifiers += Array(identifiers) }
}

/// Scratch storage in memory that counts what is written to it.
final class MemoryScratch: ScratchStorage, @unchecked Sendable {
    // Sound: a decoder, of which one thread at a time makes use, is all that holds it.
    private(set) var bytes: [UInt8] = []

    func write(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        precondition(offset <= bytes.count, "behind what was written")
        bytes.replaceSubrange(offset..<min(offset + piece.count, bytes.count), with: piece)
    }

    func read(into piece: UnsafeMutableRawBufferPointer, at offset: Int) {
        piece.copyBytes(from: bytes[offset..<offset + piece.count])
    }
}
