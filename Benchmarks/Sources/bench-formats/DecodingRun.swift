import Foundation
import PointFormats

/// The times of reading one body again and again, which is in memory already.
struct DecodingRun: Encodable {
    /// How much the service's event loop reads at once.
    private static let pieceSize = 128 * 1024

    private(set) var seconds: [Double] = []
    private(set) var numbers = 0
    /// The sum of all numbers, so that what was read can be compared.
    private(set) var sum = 0.0

    /// Decodes with ``PointDecoder`` into an array of `Float`.
    init(path: String, format: PointFormat, repeats: Int) throws {
        let body = try Data(contentsOf: URL(fileURLWithPath: path))
        for _ in 0..<max(1, repeats) {
            let start = Self.now()
            var decoder = PointDecoder(format: format)
            var points = PointArray()
            try body.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
                    let piece = bytes[start..<min(start + Self.pieceSize, bytes.count)]
                    try decoder.feed(UnsafeRawBufferPointer(rebasing: piece), into: &points)
                }
            }
            _ = try decoder.finish(into: &points)
            seconds.append(Self.now() - start)
            numbers = points.values.count
            sum = points.values.reduce(0) { $0 + Double($1) }
        }
    }

    /// Decodes with Foundation into arrays of `Double`.
    init(foundation path: String, repeats: Int) throws {
        let body = try Data(contentsOf: URL(fileURLWithPath: path))
        for _ in 0..<max(1, repeats) {
            let start = Self.now()
            let rows = try JSONDecoder().decode([[Double]].self, from: body)
            seconds.append(Self.now() - start)
            numbers = rows.reduce(0) { $0 + $1.count }
            sum = rows.reduce(0) { $1.reduce($0, +) }
        }
    }

    /// One line of JSON.
    func json() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// CPU seconds of this process.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
