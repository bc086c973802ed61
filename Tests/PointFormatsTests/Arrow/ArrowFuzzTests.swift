import PointFormats
import Testing

/// Arrow files with random changes: offsets and lengths that lie, above all.
@Suite struct ArrowFuzzTests {
    private static let bodies = (ArrowSamples.all + [ArrowSamples.own]).filter { $0.count < 5_000 }
    private let casesPerSeed = 26_000

    private func changed(_ random: inout SmallRandom) -> [UInt8] {
        var body = Self.bodies[random.below(Self.bodies.count)]
        for _ in 0...random.below(3) {
            guard !body.isEmpty else { break }
            let at = random.below(body.count)
            switch random.below(8) {
            case 0: body[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: body[at] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
            case 2: body[at] ^= 1 << UInt8(random.below(8))
            case 3:
                // A number of the metadata, which starts at multiples of four.
                let word: UInt32 = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 8, 64][random.below(7)]
                let start = at & ~3
                for byte in 0..<4 where start + byte < body.count {
                    body[start + byte] = UInt8(word >> (8 * byte) & 255)
                }
            case 4: body.removeSubrange(at..<min(at + 1 + random.below(8), body.count))
            case 5: body.insert(contentsOf: body[at..<min(at + 8, body.count)], at: at & ~7)
            case 6:
                let other = Self.bodies[random.below(Self.bodies.count)]
                body.replaceSubrange(at..<body.count, with: other.suffix(random.below(other.count + 1)))
            default: body[at] = body[at] &+ 1
            }
        }
        return body
    }

    @Test(arguments: 1...4)
    func changedFilesGiveFinitePointsOrAReadableErrorWhereverTheyAreCut(seed: Int) {
        var random = SmallRandom(seed: UInt64(seed) + 500)
        var accepted = 0
        for round in 0..<casesPerSeed {
            let body = changed(&random)
            let options = decodingOptions {
                $0.maximumUnpackedBytes = 1 << 20
                $0.maximumBufferedBytes = 1 << 20
                if random.below(2) == 0 { $0.columns = [.name("x"), .name("y")] }
                if random.below(3) == 0 { $0.identifierColumn = .name("key") }
            }
            let outcome = decode(body, .arrow, options)
            let isWhole = outcome.summary.map { $0.rows * $0.schema.dimension == outcome.bits.count }
            let isFine = isWhole ?? (outcome.error?.detail.isEmpty == false)
            let isFinite = outcome.values.allSatisfy(\.isFinite)
            // The points of a small body are few, whatever it says of itself.
            let isBounded = outcome.bits.count <= 1 << 20
            if !isFine || !isFinite || !isBounded { Issue.record("round \(round): \(outcome) of \(body)") }
            if round % 4 == 0 {
                let cuts = (0..<1 + random.below(3)).map { _ in random.below(body.count + 1) }.sorted()
                let cut = decode(body, .arrow, options, cuts: cuts)
                if cut != outcome {
                    Issue.record("round \(round), cut at \(cuts): \(cut) instead of \(outcome) of \(body)")
                }
            }
            if outcome.error == nil { accepted += 1 }
        }
        // Both kinds are met often enough for this to mean something.
        #expect((casesPerSeed / 20..<casesPerSeed * 19 / 20).contains(accepted), "\(accepted)")
    }
}
