import Foundation
import PointFormats

/// Reads numbers and compares their bits with those of C's `strtof` and `strtod`.
struct ExactnessCheck: Encodable {
    private(set) var numbers = 0
    private(set) var differences = 0

    /// How many numbers are read at once.
    private static let batch = 50_000

    /// Compares.
    ///
    /// - Parameters:
    ///   - count: how many numbers are made at random, in the forms that programs write.
    ///   - path: a file of numbers, one a line.
    mutating func run(random count: Int, path: String?) throws {
        var generator = RandomNumbers()
        for start in stride(from: 0, to: count, by: Self.batch) {
            try compare((start..<min(start + Self.batch, count)).map { _ in generator.next() })
        }
        guard let path else { return }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try compare(text.split(separator: "\n").map(String.init))
    }

    /// One line of JSON.
    func json() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// Numbers beyond a type's range are refused by the reader, so they are left out here.
    private mutating func compare(_ texts: [String]) throws {
        let singles = texts.filter { strtof($0, nil).isFinite }
        try compare(singles, .float32) { Double(strtof($0, nil)).bitPattern }
        let doubles = texts.filter { strtod($0, nil).isFinite }
        try compare(doubles, .float64) { strtod($0, nil).bitPattern }
    }

    private mutating func compare(_ texts: [String], _ type: NumberType, _ bits: (String) -> UInt64) throws {
        for (format, body) in [
            (PointFormat.csv, texts.joined(separator: "\n") + "\n"),
            (.json, "[[" + texts.joined(separator: "],[") + "]]"),
        ] {
            var options = DecodingOptions()
            options.header = .absent
            options.delimiter = UInt8(ascii: ",")
            options.numberType = type
            var decoder = PointDecoder(format: format, options: options)
            var read = DoubleArray()
            try Array(body.utf8).withUnsafeBytes { try decoder.feed($0, into: &read) }
            _ = try decoder.finish(into: &read)
            numbers += texts.count
            guard read.values.count == texts.count else { throw BenchError("read \(read.values.count) numbers") }
            for (text, value) in zip(texts, read.values) where value.bitPattern != bits(text) {
                differences += 1
                if differences <= 10 {
                    FileHandle.standardError.write(Data("\(type) \(format): \(text) is read as \(value)\n".utf8))
                }
            }
        }
    }
}

/// A sink that keeps numbers of either type.
private struct DoubleArray: PointSink {
    var values: [Double] = []

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) { values += rows.map(Double.init) }

    mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) { values += rows }
}

/// Numbers as programs write them: digits with a point, with an exponent, shortest forms of random bits.
private struct RandomNumbers {
    private var generator = SystemRandomNumberGenerator()

    mutating func next() -> String {
        let sign = Bool.random(using: &generator) ? "-" : ""
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return sign + String(format: "%.5f", Double.random(in: 0...1_000, using: &generator))
        case 1: return sign + Double.random(in: 0...1, using: &generator).description
        case 2:
            let value = Double(bitPattern: generator.next())
            return value.isFinite ? value.description : "0"
        case 3:
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
            return value.isFinite ? value.description : "0"
        default:
            let digits = String(generator.next() >> UInt64.random(in: 0..<60, using: &generator))
            let more = Bool.random(using: &generator) ? "" : String(generator.next())
            let exponent = Int.random(in: -340...300, using: &generator)
            return "\(sign)\(digits).\(generator.next())\(more)e\(exponent)"
        }
    }
}
