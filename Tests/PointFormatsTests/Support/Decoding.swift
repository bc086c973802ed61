import PointFormats

/// What a body came to: points, or the error.
///
/// Numbers are compared by their bits, those in single precision as the doubles they are.
struct Outcome: Equatable, CustomStringConvertible {
    var bits: [UInt64] = []
    var summary: DecodedSummary?
    var error: FormatError?

    var doubles: [Double] { bits.map(Double.init(bitPattern:)) }
    var values: [Float] { doubles.map(Float.init) }

    var description: String {
        error.map { "\($0) at \($0.places)" } ?? "\(values) \(summary.map { "\($0)" } ?? "")"
    }
}

/// Feeds `body` cut at `cuts`, which rise, and ends it.
func decode(
    _ body: [UInt8], _ format: PointFormat? = nil, _ options: DecodingOptions = DecodingOptions(), cuts: [Int] = []
) -> Outcome {
    var decoder = PointDecoder(format: format, options: options)
    var points = DoubleBits()
    do {
        try body.withUnsafeBytes { bytes in
            var start = 0
            for end in cuts + [body.count] {
                try decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &points)
                start = end
            }
        }
        let summary = try decoder.finish(into: &points)
        return Outcome(bits: points.bits, summary: summary)
    } catch let error as FormatError {
        return Outcome(error: error)
    } catch {
        return Outcome(error: FormatError(code: .malformed, detail: "an error of another type: \(error)"))
    }
}

/// A sink that keeps numbers of both types as the bits of doubles.
private struct DoubleBits: PointSink {
    var bits: [UInt64] = []

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
        bits += rows.map { Double($0).bitPattern }
    }

    mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) { bits += rows.map(\.bitPattern) }
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
