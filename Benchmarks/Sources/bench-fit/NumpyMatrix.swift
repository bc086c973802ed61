import AttentionClustering
import Foundation

/// A float32 matrix from a .npy file, read to memory.
struct NumpyMatrix {
    let points: Points

    init(path: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        guard bytes.count > 12, bytes.prefix(6) == Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
            throw BenchError("\(path) is no .npy file")
        }
        let isLong = bytes[6] > 1
        let length = (isLong ? 4 : 2) as Int
        let headerLength = (0..<length).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = 8 + length + headerLength
        let header = String(decoding: bytes[8 + length..<start], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
            let shape = header.range(of: "'shape': (")
        else { throw BenchError("\(path) does not hold float32 numbers row by row") }
        let sizes = header[shape.upperBound...].prefix { $0 != ")" }.split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard sizes.count == 2 else { throw BenchError("\(path) is no matrix") }
        let buffer = FloatBuffer(count: sizes[0] * sizes[1])
        guard bytes.count - start == 4 * buffer.values.count else { throw BenchError("\(path) is cut off") }
        bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer.values), from: start..<bytes.count)
        points = try Points(
            storage: PointStorage(UnsafeBufferPointer(buffer.values), owner: buffer), count: sizes[0],
            dimension: sizes[1])
    }
}

private final class FloatBuffer {
    let values: UnsafeMutableBufferPointer<Float>
    init(count: Int) { values = .allocate(capacity: count) }
    deinit { values.deallocate() }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
