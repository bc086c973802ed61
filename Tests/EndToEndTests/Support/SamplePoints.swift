import Foundation
import PointFormats

/// Points that a test makes up, and the ways to write them down.
struct SamplePoints {
    var rows: [[Float]]
    /// The blob each point was drawn from.
    var labels: [Int] = []

    /// Blobs around centres that lie on a line with `spacing` between them; the same for the same seed.
    static func blobs(
        _ blobs: Int, of count: Int, dimension: Int, spacing: Float = 10, seed: UInt64 = 1
    ) -> SamplePoints {
        var random = LinearCongruentialGenerator(state: seed)
        var points = SamplePoints(rows: [])
        for index in 0..<blobs * count {
            let blob = index % blobs
            points.labels.append(blob)
            points.rows.append(
                (0..<dimension).map { column in
                    let center = column == blob % dimension ? spacing * Float(1 + blob / dimension) : 0
                    // The sum of four uniform numbers is round enough for a blob.
                    return center
                        + (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -0.5..<0.5, using: &random) }
                })
        }
        return points
    }

    /// CSV with the columns `x1…xd`.
    var csv: Data {
        var text = (1...(rows.first?.count ?? 1)).map { "x\($0)" }.joined(separator: ",") + "\n"
        for row in rows { text += row.map { "\($0)" }.joined(separator: ",") + "\n" }
        return Data(text.utf8)
    }

    /// A JSON matrix.
    var json: Data { Data("[\(rowTexts.joined(separator: ","))]".utf8) }

    /// A JSON array a line.
    var ndjson: Data { Data(rowTexts.map { "\($0)\n" }.joined().utf8) }

    /// NumPy's format, version 1.0, float32 in C order.
    var npy: Data {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows.first?.count ?? 0)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(Data(header.utf8))
        for row in rows {
            for value in row { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        }
        return data
    }

    /// An Arrow stream of a column a coordinate, float32.
    var arrow: Data {
        var writer = ByteWriter()
        let columns = (rows.first ?? []).indices
        writer.append(arrowSchema: columns.map { ("x\($0 + 1)", .float32) })
        writer.append(arrowRows: rows.count, columns.map { column in .float32(rows.map { $0[column] }) })
        writer.appendArrowEnd()
        return Data(writer.bytes)
    }

    private var rowTexts: [String] {
        rows.map { row in "[" + row.map { "\($0)" }.joined(separator: ",") + "]" }
    }
}

/// Knuth's MMIX generator: enough to scatter points the same way every time.
struct LinearCongruentialGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<2 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            word = word << 32 | state >> 32
        }
        return word
    }
}
