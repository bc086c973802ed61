import PointFormats
import Testing

/// Bodies made of the samples by random changes, the same in every run.
struct Mutator {
    var random: SmallRandom

    static let fragments = [
        "\n", "\r\n", "\r", ",", ";", "\t", " ", "|", "\"", "\"\"", "[", "]", "{", "}", ":", "[[", "]]", "],[", "1",
        "-", ".",
        "1e5", "1e39", "nan", "NaN", "null", "true", "x", "\\", "\\u00e9", "\\ud800", "\u{FEFF}", "é", "\0", "1.5",
        "\"points\":", "\"columns\":", "\"data\":", "\"x\":", "99999999999999999999", "0.000000000000000000001", "PAR1",
        "'",
        "(3, 2)", "True", "<f8", "|O", "\u{7F}",
    ].map { Array($0.utf8) }

    private static let bodies = Sample.valid.map(\.body) + Sample.invalid.map(\.body)
    /// The samples of each format that are right.
    private static let valid: [PointFormat: [[UInt8]]] = Dictionary(
        grouping: Sample.valid.filter { $0.body.count <= 256 },
        by: { decode($0.body, $0.format, $0.options).summary?.format ?? .csv }
    ).mapValues { $0.map(\.body) }

    /// A body somewhere near the samples of a format.
    mutating func body(_ format: PointFormat) -> [UInt8] {
        let bodies = random.below(6) == 0 ? Self.bodies : Self.valid[format] ?? Self.bodies
        var body = bodies[random.below(bodies.count)]
        for _ in 0...random.below(2) { mutate(&body) }
        return body
    }

    private mutating func mutate(_ body: inout [UInt8]) {
        let at = random.below(body.count + 1)
        let length = min(random.below(6), body.count - at)
        switch random.below(10) {
        case 0: body.replaceSubrange(at..<at + length, with: Self.fragments[random.below(Self.fragments.count)])
        case 1: body.insert(contentsOf: Self.fragments[random.below(Self.fragments.count)], at: at)
        case 2: body.removeSubrange(at..<at + length)
        case 3: body.insert(contentsOf: body[at..<at + length], at: at)
        case 4: if at < body.count { body[at] = UInt8(truncatingIfNeeded: random.next()) }
        case 5:
            let other = Self.bodies[random.below(Self.bodies.count)]
            body.replaceSubrange(at..<body.count, with: other.suffix(random.below(other.count + 1)))
        default:
            // A digit stays something that numbers are made of, so that the rest of the body counts.
            let digits = body.indices.filter { body[$0] >= 0x30 && body[$0] <= 0x39 }
            guard !digits.isEmpty else { return }
            body[digits[random.below(digits.count)]] = Array("0123456789.e- ".utf8)[random.below(14)]
        }
    }

    /// Options, most of them the default ones.
    mutating func options() -> DecodingOptions {
        decodingOptions {
            if random.below(8) == 0 { $0.header = HeaderMode.allCases[random.below(3)] }
            if random.below(16) == 0 { $0.delimiter = Array(",; \tx".utf8)[random.below(5)] }
            if random.below(4) == 0 {
                let selectors: [ColumnSelector] = [.index(1), .index(0), .name("x"), .name("y"), .index(5), .index(-1)]
                let last = random.below(8) == 0 ? selectors.count : 2
                $0.columns = (0..<(random.below(16) + 2) / 8).map { _ in selectors[random.below(last)] }
            }
            if random.below(12) == 0 {
                $0.identifierColumn = [.index(0), .index(2), .name("x"), .name("id")][random.below(4)]
            }
            if random.below(24) == 0 { $0.maximumColumns = 1 + random.below(3) }
            if random.below(24) == 0 { $0.maximumBufferedBytes = random.below(64) }
            if random.below(8) == 0 { $0.numberType = .float64 }
            $0.formEncodedHint = random.below(4) == 0
        }
    }

    mutating func cuts(_ count: Int) -> [Int] {
        (0..<random.below(4)).map { _ in random.below(count + 1) }.sorted()
    }
}

@Suite struct FuzzTests {
    /// The formats whose decoders are fed; each gets as many bodies.
    static let formats: [PointFormat] = [.csv, .json, .ndjson, .npy]

    /// Decodes many bodies and checks what must hold of every outcome; every other one is cut as well.
    @Test(arguments: formats)
    func changedSamplesGiveFinitePointsOrAReadableErrorWhereverTheyAreCut(format: PointFormat) {
        var mutator = Mutator(random: SmallRandom(seed: UInt64(Self.formats.firstIndex(of: format) ?? 0) + 1))
        var accepted = 0
        for round in 0..<casesPerFormat {
            let body = mutator.body(format)
            let options = mutator.options()
            let outcome = decode(body, format, options)
            let problem = Self.problem(outcome)
            if let problem { Issue.record("round \(round): \(problem): \(outcome) of \(text(body)) \(options)") }
            if outcome.error == nil { accepted += 1 }
            if problem != nil { return }
            guard round % 2 == 0 else { continue }
            let cuts = mutator.cuts(body.count)
            let cut = decode(body, format, options, cuts: cuts)
            if cut != outcome {
                Issue.record(
                    "round \(round), cut at \(cuts): \(cut) instead of \(outcome) of \(text(body)) \(options)")
            }
            if cut != outcome { return }
        }
        // Both kinds are met often enough for this to mean something.
        #expect((casesPerFormat / 40..<casesPerFormat / 4 * 3).contains(accepted), "\(accepted)")
    }

    /// The same where the format is not said, which looks at the first bytes as well.
    @Test func changedSamplesOfUnknownFormatAreReadAlikeWhereverTheyAreCut() {
        var mutator = Mutator(random: SmallRandom(seed: 9))
        for round in 0..<20_000 {
            let body = mutator.body(Self.formats[mutator.random.below(4)])
            let options = mutator.options()
            let outcome = decode(body, nil, options)
            let cuts = mutator.cuts(body.count)
            if let problem = Self.problem(outcome) { Issue.record("round \(round): \(problem) of \(text(body))") }
            if decode(body, nil, options, cuts: cuts) != outcome {
                Issue.record("round \(round), cut at \(cuts): \(text(body)) \(options)")
                return
            }
        }
    }

    private let casesPerFormat = 100_000

    private func text(_ body: [UInt8]) -> String { String(decoding: body, as: UTF8.self).debugDescription }

    private static func problem(_ outcome: Outcome) -> String? {
        if let error = outcome.error {
            if error.detail.isEmpty || error.detail.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                return "a detail that cannot be shown"
            }
            if error.detail.utf8.count > 4_000 { return "a detail of \(error.detail.utf8.count) bytes" }
            return error.places.count > FormatError.maximumPlaces ? "too many places" : nil
        }
        guard let summary = outcome.summary else { return "neither points nor an error" }
        if summary.rows < 1 || outcome.bits.count != summary.rows * summary.schema.dimension { return "a wrong count" }
        if !outcome.doubles.allSatisfy(\.isFinite) { return "numbers that are not finite" }
        if let names = summary.schema.columns, names.count != summary.schema.dimension { return "wrong names" }
        return nil
    }
}
