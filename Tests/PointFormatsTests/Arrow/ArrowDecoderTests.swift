import Testing

@testable import PointFormats

@Suite struct ArrowDecoderTests {
    private func outcome(_ name: String, _ change: (inout DecodingOptions) -> Void = { _ in }) throws -> Outcome {
        decode(try ArrowSamples.file(name), nil, decodingOptions(change))
    }

    @Test(arguments: [
        "points.arrows", "batches.arrows", "v4.arrows", "points.arrow", "batches.arrow", "lz4.feather", "zstd.feather",
    ])
    func streamsAndFilesGiveTheSamePoints(name: String) throws {
        let outcome = try outcome(name)
        #expect(outcome.values == ArrowSamples.points, "\(outcome)")
        #expect(outcome.summary?.format == .arrow && outcome.summary?.rows == 5)
        #expect(outcome.summary?.schema == PointSchema(columns: ["x", "y"], dimension: 2))
    }

    @Test func everyTypeOfNumberIsRead() throws {
        let outcome = try outcome("types.arrows")
        let columns: [[Float]] = [
            [-128, 0, 1, 2, 127], [-32768, 0, 1, 2, 32767], [-0x1p31, 0, 1, 2, 0x1p31], [-0x1p63, 0, 1, 2, 0x1p63],
            [0, 0, 1, 2, 255], [0, 0, 1, 2, 65535], [0, 0, 1, 2, 0x1p32], [0, 0, 1, 2, 0x1p64],
            [0.5, -1.25, 3, 0.25, 2], ArrowSamples.x, ArrowSamples.x, [1, 0, 0, 1, 1],
        ]
        #expect(outcome.values == (0..<5).flatMap { row in columns.map { $0[row] } }, "\(outcome)")
        #expect(
            outcome.summary?.schema.columns == ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "b"])
    }

    @Test func doublesAreReadExactly() throws {
        let wide = decode(
            try ArrowSamples.file("types.arrows"), nil,
            decodingOptions {
                $0.columns = [.name("f8"), .name("i4"), .name("f2")]
                $0.numberType = .float64
            })
        let rows = zip([0.5, -1.25, 3, 1e-3, 65504], zip([-0x1p31, 0, 1, 2, 0x1p31 - 1], [0.5, -1.25, 3, 0.25, 2]))
        #expect(wide.bits == rows.flatMap { [$0, $1.0, $1.1] }.map(\.bitPattern), "\(wide)")
    }

    @Test(arguments: ["long_lz4.arrows", "long_zstd.arrows"]) func packedBuffersAreUnpacked(name: String) throws {
        #expect(try outcome(name).values == (0..<3_000).flatMap { [Float($0 % 7), Float($0)] })
    }

    @Test func listsOfEqualLengthAreThePoints() throws {
        let outcome = try outcome("lists.arrows")
        #expect(outcome.values == (0..<15).map { Float($0) / 2 })
        #expect(outcome.summary?.schema == PointSchema(columns: nil, dimension: 3))
        #expect(try self.outcome("lists_ids.arrows") { $0.columns = [.name("embedding")] }.values == outcome.values)
        #expect(try self.outcome("others.arrows") { $0.columns = [.name("lists"), .name("x")] }.error != nil)
    }

    @Test(arguments: [
        ("ids.arrows", "key"), ("large_ids.feather", "key"), ("number_ids.arrows", "id"), ("view_ids.arrows", "key"),
        ("polars_uncompressed.arrow", "key"), ("polars_lz4.arrow", "key"), ("polars_zstd.arrow", "key"),
        ("polars.arrows", "key"), ("polars_categorical.arrows", "key"),
    ])
    func aColumnIdentifiesTheRows(name: String, column: String) throws {
        var decoder = PointDecoder(format: .arrow, options: decodingOptions { $0.identifierColumn = .name(column) })
        var sink = IdentifierRecorder()
        try ArrowSamples.file(name).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        let schema = try decoder.finish(into: &sink).schema
        #expect(sink.values == ArrowSamples.points)
        #expect(sink.identifiers == (column == "key" ? ArrowSamples.names : ["7", "-1", "0", "1099511627776", "5"]))
        #expect(schema == PointSchema(columns: ["x", "y"], dimension: 2, identifier: column))
    }

    @Test func listsCanHaveIdentifiers() throws {
        var decoder = PointDecoder(format: nil, options: decodingOptions { $0.identifierColumn = .name("key") })
        var sink = IdentifierRecorder()
        try ArrowSamples.file("lists_ids.arrows").withUnsafeBytes { try decoder.feed($0, into: &sink) }
        _ = try decoder.finish(into: &sink)
        #expect(sink.values == (0..<15).map { Float($0) / 2 } && sink.identifiers == ArrowSamples.names)
    }

    @Test func columnsOfOtherTypesArePassedOver() throws {
        let outcome = try outcome("others.arrows") { $0.columns = [.name("y"), .name("x")] }
        #expect(outcome.values == zip(ArrowSamples.y, ArrowSamples.x).flatMap { [$0, $1] }, "\(outcome)")
        #expect(outcome.summary?.schema.columns == ["y", "x"])
    }

    @Test func whatTheEncoderWritesReadsBack() throws {
        let outcome = decode(ArrowSamples.own, nil, decodingOptions { $0.identifierColumn = .name("key") })
        let rows = zip(ArrowSamples.x, ArrowSamples.y).flatMap { [$0, $1, $0, $1] }
        #expect(outcome.values == rows, "\(outcome)")
        #expect(outcome.summary?.schema.columns == ["x", "y", "z", "n"])
    }

    @Test func theResultDoesNotDependOnTheCuts() throws {
        let options = decodingOptions { $0.identifierColumn = .name("key") }
        for body in ArrowSamples.all.filter({ $0.count < 2_000 }) + [ArrowSamples.own] {
            for options in [DecodingOptions(), options] {
                let whole = decode(body, nil, options)
                #expect(decode(body, nil, options, cuts: Array(0...body.count)) == whole)
                for cut in stride(from: 1, to: body.count, by: 3) {
                    #expect(decode(body, nil, options, cuts: [cut]) == whole, "cut at \(cut)")
                }
            }
        }
    }

    @Test func aBodyThatIsCutOffIsAnError() throws {
        for name in ["points.arrows", "points.arrow", "lz4.feather", "batches.arrow"] {
            let body = try ArrowSamples.file(name)
            // A stream may end without its marker.
            let end = name.hasSuffix("arrows") ? body.count - 8 : body.count
            for count in 1..<end {
                let outcome = decode(Array(body[..<count]), .arrow)
                #expect(outcome.error != nil, "\(count) bytes of \(name)")
            }
        }
        let stream = try ArrowSamples.file("points.arrows")
        #expect(decode(Array(stream.dropLast(8))).values == ArrowSamples.points)
        #expect(decode(stream + [0]).error?.code == .malformed)
    }

    @Test func longColumnsGoToTheScratchStorage() throws {
        let rows = 1_500_000
        var writer = ByteWriter()
        writer.append(arrowSchema: [("a", .float32), ("b", .float64)])
        let numbers = (0..<rows).map { Float($0 % 8_191) }
        writer.append(arrowRows: rows, [.float32(numbers), .float64(numbers.map { -Double($0) })])
        writer.appendArrowEnd()
        let scratch = MemoryScratch()
        var decoder = PointDecoder(format: nil, scratch: { scratch })
        var points = PointArray()
        try writer.bytes.withUnsafeBytes { try decoder.feed($0, into: &points) }
        #expect(try decoder.finish(into: &points).rows == rows)
        #expect(scratch.bytes.count > 12 * rows - ScratchBuffer.memoryLimit)
        #expect(points.values.indices.allSatisfy { points.values[$0] == ($0 % 2 == 0 ? 1 : -1) * numbers[$0 / 2] })
        let limited = decode(writer.bytes, nil, decodingOptions { $0.maximumBufferedBytes = 1 << 20 })
        #expect(limited.error?.code == .tooLarge && limited.error?.detail.contains("1048576") == true)
    }

    private func identifiers(_ body: [UInt8], _ column: String, piece: Int = .max) throws -> IdentifierRecorder {
        var decoder = PointDecoder(format: nil, options: decodingOptions { $0.identifierColumn = .name(column) })
        var points = IdentifierRecorder()
        for start in stride(from: 0, to: body.count, by: min(piece, body.count)) {
            let bytes = Array(body[start..<min(start + min(piece, body.count), body.count)])
            try bytes.withUnsafeBytes { try decoder.feed($0, into: &points) }
        }
        #expect(try decoder.finish(into: &points).schema.identifier == column)
        return points
    }

    /// What pandas makes of a categorical column.
    @Test(arguments: [1, 7, 64, 100_000]) func idsAreReadFromADictionary(piece: Int) throws {
        let points = try identifiers(try ArrowSamples.file("dictionary.arrows"), "kind", piece: piece)
        #expect(points.identifiers == ["u", "v", "u", "u", "v"])
        #expect(points.values == ArrowSamples.x)
    }

    @Test(arguments: [
        ("view_dictionary.arrows", [String(repeating: "e", count: 40), "b,\"c\"", "", "é", "a"]),
        ("delta_dictionary.arrows", ["a", "b", "c", "a"]), ("replaced_dictionary.arrows", ["a", "b", "c", "d"]),
    ])
    func dictionariesComeInManyWays(name: String, identifiers: [String]) throws {
        let body = try ArrowSamples.file(name)
        for piece in [1, 100_000] {
            #expect(try self.identifiers(body, "key", piece: piece).identifiers == identifiers)
        }
    }

    @Test(arguments: ["view_buffers.arrows", "view_ids_lz4.arrows"], [1, 7, 100_000])
    func viewsNameTextsOfAnyBufferInAnyOrder(name: String, piece: Int) throws {
        let points = try identifiers(try ArrowSamples.file(name), "key", piece: piece)
        #expect(points.identifiers == (0..<4).map { "long namelong namelong name \($0)" })
    }

    /// Places that a damaged or hostile file names.
    @Test(arguments: [(0, 5_000), (0, -1), (4, 7), (4, -1), (8, 1_000), (8, -1), (8, Int32.max), (0, Int32.max)])
    func viewsThatNameNothingAreRefused(word: Int, value: Int32) throws {
        var body = try ArrowSamples.file("view_buffers.arrows")
        let prefix = Array("long".utf8)
        // The first view: its length, the start of the text, the number of the buffer and the place there.
        let start = try #require(
            body.indices.first { body[$0...].starts(with: prefix) && body[$0 - 4] == 29 && body[$0 - 3] == 0 })
        let place = word == 0 ? start - 4 : start + word
        withUnsafeBytes(of: value.littleEndian) { body.replaceSubrange(place..<place + 4, with: $0) }
        let error = #expect(throws: FormatError.self) { try identifiers(body, "key") }
        let details = ["texts outside their buffer", "a negative length", "longer than 4096 bytes"]
        #expect(details.contains { error?.detail.contains($0) == true }, "\(String(describing: error))")
    }
}
