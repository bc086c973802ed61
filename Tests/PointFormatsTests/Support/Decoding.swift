import PointFormats

/// What a body came to: points, or the error.
///
/// Numbers are compared by their bits.
struct Outcome: Equatable, CustomStringConvertible {
    var bits: [UInt32] = []
    var summary: DecodedSummary?
    var error: FormatError?

    var values: [Float] { bits.map(Float.init(bitPattern:)) }

    var description: String {
        error.map { "\($0) at \($0.places)" } ?? "\(values) \(summary.map { "\($0)" } ?? "")"
    }
}

/// Feeds `body` cut at `cuts`, which rise, and ends it.
func decode(
    _ body: [UInt8], _ format: PointFormat? = nil, _ options: DecodingOptions = DecodingOptions(), cuts: [Int] = []
) -> Outcome {
    var decoder = PointDecoder(format: format, options: options)
    var points = PointArray()
    do {
        try body.withUnsafeBytes { bytes in
            var start = 0
            for end in cuts + [body.count] {
                try decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &points)
                start = end
            }
        }
        let summary = try decoder.finish(into: &points)
        return Outcome(bits: points.values.map(\.bitPattern), summary: summary)
    } catch let error as FormatError {
        return Outcome(error: error)
    } catch {
        return Outcome(error: FormatError(code: .malformed, detail: "an error of another type: \(error)"))
    }
}

/// Feeds text.
func decode(_ body: String, _ format: PointFormat? = nil, _ options: DecodingOptions = DecodingOptions()) -> Outcome {
    decode(Array(body.utf8), format, options)
}

/// Options with something set.
func decodingOptions(_ change: (inout DecodingOptions) -> Void) -> DecodingOptions {
    var options = DecodingOptions()
    change(&options)
    return options
}

/// A sink that remembers the blocks it was given.
struct BlockRecorder: PointSink {
    var blocks: [[Float]] = []
    var dimensions: [Int] = []

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
        blocks.append(Array(rows))
        dimensions.append(dimension)
    }
}

/// A small generator of random numbers (xorshift64*), the same in every run.
struct SmallRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number in `0..<bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}

/// The bits of the doubles that `body` holds, or the error.
func decodeDoubles(
    _ body: [UInt8], _ format: PointFormat? = nil, options: DecodingOptions = DecodingOptions()
) -> (bits: [UInt64], error: FormatError?) {
    var options = options
    options.numberType = .float64
    var decoder = PointDecoder(format: format, options: options)
    var sink = DoubleArray()
    do {
        try body.withUnsafeBytes { try decoder.feed($0, into: &sink) }
        _ = try decoder.finish(into: &sink)
        return (sink.bits, nil)
    } catch {
        return ([], error as? FormatError ?? FormatError(code: .malformed, detail: "\(error)"))
    }
}

/// A sink that keeps the bits of doubles.
private struct DoubleArray: PointSink {
    var bits: [UInt64] = []

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {}

    mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) { bits += rows.map(\.bitPattern) }
}
