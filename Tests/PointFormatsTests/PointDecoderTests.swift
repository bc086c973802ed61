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
    func aBodyOfAnotherFormatThanIsSaidIsNamed(format: PointFormat) throws {
        let bodies: [(format: PointFormat, start: [UInt8])] = [
            (.npy, NumpySamples.vector), (.arrow, Array("ARROW1\0\0".utf8) + [0xFF, 0xFF, 0xFF, 0xFF, 8, 0, 0, 0]),
            (.arrow, [0xFF, 0xFF, 0xFF, 0xFF, 8, 0, 0, 0]),
        ]
        for body in bodies where body.format != format {
            let outcome = decode(body.start, format)
            let error = try #require(outcome.error)
            #expect(error.code == .malformed && error.detail.contains("Send it as \(body.format.mediaType)"))
            #expect(error.places.map(\.byte) == [0])
            #expect(decode(body.start, format, cuts: Array(1..<body.start.count)) == outcome)
        }
        let parquet = Array("PAR1".utf8) + [0x15, 4, 0x15, 0]
        let refused = decode(parquet, format)
        #expect(refused.error?.code == .unsupported && refused.error?.detail.contains("duckdb") == true)
        #expect(decode(parquet, format, cuts: [1, 4]) == refused)
        #expect(decode([0xFF, 0xFE, 0x31, 0], format).error?.code == .unsupported)
    }

    @Test func jsonThatIsSaidToBeCSVIsSaidSo() {
        for body in ["[[1,2],[3,4]]", "{\"points\":[[1,2],\n[3,4]]}", "\u{FEFF} [1,2]\n[3,4]\n"] {
            let outcome = decode(body, .csv)
            #expect(outcome.error?.detail.hasSuffix("lines of it as application/x-ndjson.") == true, "\(outcome)")
            #expect(decode(Array(body.utf8), .csv, cuts: Array(1..<body.utf8.count)) == outcome)
        }
        #expect(decode("x,y\n1,a\n", .csv).error?.detail.contains("JSON") == false)
        // Names may start so.
        #expect(decode("[x],[y]\n1,2\n", .csv).summary?.schema.columns == ["[x]", "[y]"])
    }

    @Test(arguments: [("1,2\n", nil), ("[1,2]\n", PointFormat.ndjson), ("[[1,2],", .json)])
    func theFirstByteOfTextIsEnough(body: String, format: PointFormat?) throws {
        var decoder = PointDecoder(format: format)
        var sink = PointArray()
        try Array(body.utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        #expect((decoder.schema == nil) == (format == nil), "CSV looks at more of its first lines")
    }

    @Test func wordsLikeMagicNumbersStayText() {
        #expect(decode("PAR1\n1\n2\n", .csv).values == [1, 2])
        #expect(decode("PAR10,BZh\n1,2\n", .csv).values == [1, 2])
        #expect(decode("PAR1", .csv).error?.code == .noRows)
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
