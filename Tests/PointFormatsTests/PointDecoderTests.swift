import AttentionClustering
import PointFormats
import Testing

@Suite struct PointDecoderTests {
    @Test(arguments: Sample.valid)
    func aValidBodyIsReadWhereverItIsCut(sample: Sample) {
        let whole = decode(sample.body, sample.format, sample.options)
        #expect(whole.error == nil)
        expectSameOutcomeForAllCuts(sample, whole)
    }

    @Test(arguments: Sample.invalid)
    func anInvalidBodyGivesTheSameErrorWhereverItIsCut(sample: Sample) {
        let whole = decode(sample.body, sample.format, sample.options)
        #expect(whole.error != nil)
        #expect(whole.error?.detail.hasSuffix(".") == true || whole.error?.code == .empty)
        expectSameOutcomeForAllCuts(sample, whole)
    }

    private func expectSameOutcomeForAllCuts(_ sample: Sample, _ whole: Outcome) {
        for cut in 0...sample.body.count {
            let outcome = decode(sample.body, sample.format, sample.options, cuts: [cut])
            if outcome != whole {
                Issue.record("cut at \(cut): \(outcome) instead of \(whole)")
                return
            }
        }
        let bytewise = decode(sample.body, sample.format, sample.options, cuts: Array(0..<sample.body.count))
        #expect(bytewise == whole)
    }

    @Test func pointsComeInBlocksOfWholeRows() throws {
        let rows = 20_000
        var decoder = PointDecoder(format: nil)
        var sink = BlockRecorder()
        let line = Array("1,2,3\n".utf8)
        for _ in 0..<rows { try line.withUnsafeBytes { try decoder.feed($0, into: &sink) } }
        #expect(sink.blocks.count == rows * 3 / 16_384, "blocks are handed over while the body is still coming")
        let summary = try decoder.finish(into: &sink)
        #expect(summary.rows == rows)
        #expect(sink.blocks.allSatisfy { $0.count % 3 == 0 && $0.count < 16_384 + 3 })
        #expect(sink.blocks.joined().count == 3 * rows)
        #expect(Set(sink.dimensions) == [3])
    }

    @Test func aRowLongerThanABlockIsOneBlock() throws {
        let width = 16_384
        let row = (0..<width).map(String.init).joined(separator: ",")
        var sink = BlockRecorder()
        var decoder = PointDecoder(format: .json)
        try Array("[[\(row)],[\(row)]]".utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        #expect(try decoder.finish(into: &sink).rows == 2)
        #expect(sink.blocks.map(\.count) == [width, width])
        #expect(sink.blocks[1] == (0..<width).map(Float.init))
    }

    @Test func afterAnErrorEveryCallThrowsItAgain() throws {
        var decoder = PointDecoder(format: .json)
        var sink = PointArray()
        let first = #expect(throws: FormatError.self) {
            try Array("[[1,]]".utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        }
        let second = #expect(throws: FormatError.self) {
            try Array("[[1]]".utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        }
        let third = #expect(throws: FormatError.self) { try decoder.finish(into: &sink) }
        #expect(first == second && second == third)
    }

    @Test func anErrorOfTheSinkPassesThrough() {
        struct Full: Error {}
        struct FullSink: PointSink {
            mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws { throw Full() }
        }
        var decoder = PointDecoder(format: nil)
        var sink = FullSink()
        #expect(throws: Full.self) {
            try Array("1,2\n".utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
            _ = try decoder.finish(into: &sink)
        }
    }

    @Test func aBodyInMemoryBecomesPointsAndASchema() throws {
        let (points, schema) = try decodePoints(Array("x,y\n1,2\n3,4\n".utf8), format: nil)
        #expect(points.count == 2 && points.dimension == 2)
        #expect(points[1] == [3, 4])
        #expect(schema == PointSchema(columns: ["x", "y"], dimension: 2))
    }

    @Test func anExplicitFormatIsObeyed() {
        #expect(decode("[1,2]\n[3,4]", .ndjson).values == [1, 2, 3, 4])
        #expect(decode("[1,2]\n[3,4]", .json).error?.code == .unprocessable)
        #expect(decode("[[1,2],[3,4]]", .csv).error?.code == .noRows)
        #expect(decode("1,2\n", .json).error?.code == .unprocessable)
        #expect(decode("1,2\n", .npy).error?.code == .malformed)
    }

    @Test(arguments: PointFormat.allCases)
    func anEmptyBodyIsEmptyInEveryFormat(format: PointFormat) {
        #expect(decode("", format).error == .empty)
        #expect(decode("", nil).error == .empty)
    }

    @Test func noPointsAreNoPointArray() {
        #expect(throws: FormatError.noRows) { try PointArray().points() }
    }
}
