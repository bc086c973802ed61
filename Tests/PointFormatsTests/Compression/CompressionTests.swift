import PointFormats
import Testing

/// Unpacks `packed`, given in pieces of `length`.
func unpack(_ coding: ContentCoding, _ packed: [UInt8], pieces length: Int = .max) throws -> [UInt8] {
    let decompressor = Decompressor(coding)
    var unpacked: [UInt8] = []
    for start in stride(from: 0, to: packed.count, by: min(length, max(packed.count, 1))) {
        decompressor.give(Array(packed[start..<min(start + min(length, packed.count), packed.count)]))
        while let piece = try decompressor.next() {
            #expect(!piece.isEmpty && piece.count <= Decompressor.pieceSize)
            unpacked += piece
        }
    }
    try decompressor.finish()
    return unpacked
}

/// Packs `bytes`, given in pieces of `length`.
func pack(_ coding: ContentCoding, _ bytes: [UInt8], pieces length: Int = .max) -> [UInt8] {
    let compressor = Compressor(coding)
    var packed: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: min(length, max(bytes.count, 1))) {
        packed += compressor.compress(Array(bytes[start..<min(start + min(length, bytes.count), bytes.count)]))
    }
    return packed + compressor.finish()
}

@Suite struct CompressionTests {
    /// "1,2\n3,4\n" by `gzip -n` and by `zstd`.
    private static let recorded: [(ContentCoding, [UInt8])] = [
        (
            .gzip,
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x33, 0xD4, 0x31, 0xE2, 0x32, 0xD6, 0x31, 0xE1, 2, 0]
                + gzipTrailer
        ),
        (.zstd, [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x41, 0, 0] + Array("1,2\n3,4\n".utf8)),
    ]
    /// CRC-32 and length of the eight bytes.
    private static let gzipTrailer: [UInt8] = [0x47, 0x93, 0x6C, 0xAF, 0x8, 0x0, 0x0, 0x0]

    private static let sample: [UInt8] = (0..<30_000).flatMap { Array("\($0 % 977),\($0 &* 7919 % 10_007)\n".utf8) }

    @Test(arguments: recorded) func recordedBodiesAreUnpacked(coding: ContentCoding, packed: [UInt8]) throws {
        for length in 1...packed.count {
            #expect(try unpack(coding, packed, pieces: length) == Array("1,2\n3,4\n".utf8))
        }
        #expect(ContentCoding.sniff(packed.prefix(4)) == coding)
    }

    @Test func aFrameToBeSkippedStartsZstd() throws {
        // What pzstd writes in front: a skippable frame of four bytes.
        let packed: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 9, 9, 9, 9] + Self.recorded[1].1
        #expect(ContentCoding.sniff(packed.prefix(4)) == .zstd)
        for length in [1, 3, packed.count] {
            #expect(try unpack(.zstd, packed, pieces: length) == Array("1,2\n3,4\n".utf8))
        }
        #expect(ContentCoding.sniff(Array("P,*1".utf8)) == nil)
    }

    @Test func zerosMayPadGzip() throws {
        let member = Self.recorded[0].1
        let padded = member + member + [UInt8](repeating: 0, count: 600)
        for length in [1, 7, padded.count] {
            #expect(try unpack(.gzip, padded, pieces: length) == Array("1,2\n3,4\n1,2\n3,4\n".utf8))
        }
        for wrong in [member + [0, 0x0A], member + [0x0A], member + [0] + member, [0] + member] {
            #expect(throws: FormatError.self) { try unpack(.gzip, wrong) }
        }
    }

    @Test(arguments: ContentCoding.allCases) func whatWasPackedUnpacksWhereverItIsCut(coding: ContentCoding) throws {
        let packed = pack(coding, Self.sample)
        #expect(packed.count < Self.sample.count / 2)
        for (packing, unpacking) in [(1_000, 7), (.max, 1), (65_536, 4_096)] {
            let packed = pack(coding, Self.sample, pieces: packing)
            #expect(try unpack(coding, packed, pieces: unpacking) == Self.sample)
        }
        #expect(try unpack(coding, pack(coding, [])) == [])
    }

    @Test(arguments: ContentCoding.allCases) func membersBehindEachOtherAreOneBody(coding: ContentCoding) throws {
        let packed = pack(coding, [1, 2]) + pack(coding, []) + pack(coding, [3])
        for length in [1, 3, .max] { #expect(try unpack(coding, packed, pieces: length) == [1, 2, 3]) }
    }

    @Test(arguments: ContentCoding.allCases) func aCutOffBodyIsNamed(coding: ContentCoding) throws {
        let packed = pack(coding, Self.sample)
        for count in [1, 5, packed.count / 2, packed.count - 1] {
            let error = #expect(throws: FormatError.self) { try unpack(coding, Array(packed.prefix(count))) }
            #expect(error?.code == .malformed)
            #expect(error?.detail.contains("\(coding.rawValue) data is cut off after \(count) bytes") == true)
        }
    }

    @Test(arguments: ContentCoding.allCases) func aDamagedBodyIsNamedAndStaysRefused(coding: ContentCoding) throws {
        var packed = pack(coding, Self.sample)
        packed[packed.count - 3] ^= 0x40
        let decompressor = Decompressor(coding)
        decompressor.give(packed)
        let read = { while try decompressor.next() != nil {} }
        let error = #expect(throws: FormatError.self) { try read() }
        #expect(error?.code == .malformed && error?.detail.contains("\(coding.rawValue) data is damaged") == true)
        #expect(throws: try #require(error)) { try decompressor.next() }
        #expect(throws: try #require(error)) { try decompressor.finish() }
    }

    @Test(arguments: ContentCoding.allCases) func bytesBehindTheEndAreNoBody(coding: ContentCoding) {
        let error = #expect(throws: FormatError.self) { try unpack(coding, pack(coding, [1]) + Array("rest".utf8)) }
        #expect(error?.detail.contains("damaged") == true)
    }

    @Test func aBodyOfNoBytesHoldsNone() throws {
        for coding in ContentCoding.allCases { #expect(try unpack(coding, []) == []) }
    }

    /// A gigabyte of zeros in a megabyte comes out piece by piece.
    @Test func aBombUnpacksInBoundedPieces() throws {
        let compressor = Compressor(.gzip)
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var packed: [UInt8] = []
        for _ in 0..<64 { packed += compressor.compress(zeros) }
        packed += compressor.finish()
        #expect(packed.count < 400_000)
        let decompressor = Decompressor(.gzip)
        decompressor.give(packed)
        var count = 0
        while let piece = try decompressor.next() {
            #expect(piece.count <= Decompressor.pieceSize)
            count += piece.count
        }
        #expect(count == 64 << 20)
    }

    @Test func aWindowBeyondTheStandardsIsRefusedByName() {
        // A frame header that announces a window of 2 GiB.
        let error = #expect(throws: FormatError.self) {
            try unpack(.zstd, [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00])
        }
        #expect(error?.detail.contains("window of more than 8 MiB") == true, "\(String(describing: error))")
    }

    @Test func tokensNameCodings() {
        #expect(ContentCoding(token: "X-GZip") == .gzip)
        #expect(ContentCoding(token: "zstd") == .zstd)
        #expect(ContentCoding(token: "br") == nil)
        #expect(ContentCoding.sniff([0x1F]) == nil)
        #expect(ContentCoding.sniff(Array("1,2\n".utf8)) == nil)
    }

    /// Changed bodies never crash, hang or hand out more than a piece at once.
    @Test(arguments: ContentCoding.allCases) func changedBodiesUnpackOrFail(coding: ContentCoding) {
        var random = SmallRandom(seed: 9)
        let packed = pack(coding, Array(Self.sample.prefix(3_000)))
        var failures = 0
        for _ in 0..<4_000 {
            var body = packed
            for _ in 0...random.below(2) { body[random.below(body.count)] = UInt8(truncatingIfNeeded: random.next()) }
            if (try? unpack(coding, body, pieces: 1 + random.below(200))) == nil { failures += 1 }
        }
        #expect(failures > 2_000)
    }
}
