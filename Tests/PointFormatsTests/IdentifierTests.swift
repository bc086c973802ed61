import PointFormats
import Testing

/// A sink that keeps points and identifiers.
private struct IdentifiedPoints: PointSink {
    var values: [Float] = []
    var identifiers: [String] = []
    var pending = 0

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
        values += rows
        #expect(pending == rows.count / dimension, "an identifier for each of the points that follow")
        pending = 0
    }

    mutating func append(_ identifiers: RowIdentifiers) {
        #expect(identifiers.count == Array(identifiers).count)
        pending = identifiers.count
        self.identifiers += identifiers
    }
}

/// Rows that a column of the body identifies.
@Suite struct IdentifierTests {
    private struct Identified: Equatable {
        var values: [Float]
        var identifiers: [String]
        var schema: PointSchema?
        var error: FormatError?
    }

    private func decode(
        _ body: String, _ column: ColumnSelector, columns: [ColumnSelector]? = nil, cutEvery length: Int = .max
    ) -> Identified {
        let options = decodingOptions {
            $0.identifierColumn = column
            $0.columns = columns
        }
        var decoder = PointDecoder(format: nil, options: options)
        var points = IdentifiedPoints()
        let bytes = Array(body.utf8)
        do {
            for start in stride(from: 0, to: bytes.count, by: min(length, bytes.count)) {
                let piece = Array(bytes[start..<min(start + min(length, bytes.count), bytes.count)])
                try piece.withUnsafeBytes { try decoder.feed($0, into: &points) }
            }
            let schema = try decoder.finish(into: &points).schema
            return Identified(values: points.values, identifiers: points.identifiers, schema: schema)
        } catch {
            return Identified(values: [], identifiers: [], error: error as? FormatError)
        }
    }

    private static let bodies: [(String, ColumnSelector, [String])] = [
        ("id,x,y\na,1,2\nb,3,4\n", .name("id"), ["a", "b"]),
        ("x,id,y\r\n1,\" a,\"\"b\"\" \",2\r\n3,  b c ,4\r\n", .index(1), [" a,\"b\" ", "  b c "]),
        ("id,x,y\n \t,1,2\n  \n \"b \" ,3,4\n", .name("id"), [" \t", "b "]),
        ("1,2,007\n3,4,\n", .index(2), ["007", ""]),
        ("x;y;id\n1;2;né\n3;4;日本\n", .name("id"), ["né", "日本"]),
        (#"{"columns":["x","id","y"],"data":[[1,"a",2],[3,17.50,4]]}"#, .name("id"), ["a", "17.50"]),
        (#"[[1,2,"a"],[3,4,12345678901234567890]]"#, .index(2), ["a", "12345678901234567890"]),
        (#"[["a",1,2],["b",3,4]]"#, .index(0), ["a", "b"]),
        (#"[{"x":1,"id":"a\nb","y":2},{"y":4,"id":7,"x":3}]"#, .name("id"), ["a\nb", "7"]),
        (
            "{\"id\":900719925474099301,\"x\":1,\"y\":2}\n{\"id\":true,\"x\":3,\"y\":4}\n", .name("id"),
            ["900719925474099301", "true"]
        ),
        ("[17,1,2]\n[18,3,4]\n", .index(0), ["17", "18"]),
    ]

    @Test(arguments: bodies) func rowsCarryTheirIdentifiersWhereverTheBodyIsCut(
        body: String, column: ColumnSelector, identifiers: [String]
    ) {
        let whole = decode(body, column)
        #expect(whole.values == [1, 2, 3, 4], "\(whole)")
        #expect(whole.identifiers == identifiers)
        #expect(whole.schema?.dimension == 2 && whole.schema?.identifier != nil)
        for length in 1...7 { #expect(decode(body, column, cutEvery: length) == whole, "\(length)") }
    }

    @Test func theIdentifierHasTheNameOfItsColumn() {
        #expect(
            decode("key,x\na,1\n", .index(0)).schema == PointSchema(columns: ["x"], dimension: 1, identifier: "key"))
        #expect(decode("a,1\nb,2\n", .index(0)).schema == PointSchema(columns: nil, dimension: 1, identifier: "id"))
    }

    @Test func chosenColumnsStandBesideTheIdentifier() {
        for body in [
            "id,x,y,z\na,1,9,2\nb,3,9,4\n", #"{"columns":["id","x","y","z"],"data":[["a",1,9,2],["b",3,9,4]]}"#,
            #"[["a",1,9,2],["b",3,9,4]]"#,
            "{\"id\":\"a\",\"x\":1,\"y\":\"?\",\"z\":2}\n{\"id\":\"b\",\"z\":4,\"x\":3}\n",
        ] {
            let found = decode(
                body, .index(0), columns: body.hasPrefix("[[") ? [.index(1), .index(3)] : [.name("x"), .name("z")])
            #expect(found.values == [1, 2, 3, 4] && found.identifiers == ["a", "b"], "\(body): \(found)")
        }
    }

    @Test func longBodiesKeepRowsAndIdentifiersTogether() {
        let rows = (0..<40_000).map { "row \($0) \(String(repeating: "x", count: $0 % 50)),\($0 % 100),1\n" }
        let found = decode("id,x,y\n" + rows.joined(), .name("id"))
        #expect(found.identifiers.count == 40_000 && found.identifiers[39_999].hasPrefix("row 39999 "))
        #expect(found.values.count == 80_000 && found.values[79_998] == 99)
    }

    @Test(arguments: [
        ("x,y\n1,2\n", ColumnSelector.name("id"), "there is no column \"id\""),
        ("id\na\n", .name("id"), "the only column is id_column"),
        ("[[\"a\"]]", .index(0), "a point without numbers"),
        ("{\"id\":null,\"x\":1}\n{\"id\":1,\"x\":1}\n", .name("id"), "the id is no text"),
        ("{\"id\":1,\"x\":1}\n{\"id\":null,\"x\":1}\n", .name("id"), "the id is no text"),
        ("{\"id\":1,\"x\":1}\n{\"x\":1}\n", .name("id"), "\"id\" is missing"),
        ("[[1,[2],3]]", .index(1), "the id is no text"),
        ("id,x\na,b\n", .name("id"), "\"b\" is not a number"),
    ])
    func whatCannotIdentifyRowsIsNamed(body: String, column: ColumnSelector, detail: String) {
        let found = decode(body, column)
        #expect(found.error?.detail.contains(detail) == true, "\(found)")
        for length in 1...5 { #expect(decode(body, column, cutEvery: length) == found) }
    }

    @Test func aColumnIsEitherACoordinateOrTheIdentifier() {
        let found = decode("id,x\na,1\n", .name("id"), columns: [.name("x"), .name("id")])
        #expect(found.error?.detail.contains("both in columns and id_column") == true)
    }

    @Test func identifiersHaveALongestLength() {
        let longest = String(repeating: "x", count: RowIdentifiers.longest)
        for body in [
            "id,x\n\(longest),1\n\(longest)y,2\n",
            "{\"id\":\"\(longest)\",\"x\":1}\n{\"id\":\"\(longest)y\",\"x\":1}\n",
        ] {
            let found = decode(body, .name("id"))
            #expect(found.error?.detail.contains("longer than 4096 bytes") == true, "\(found)")
            #expect(found.error?.places.first?.row == 1)
        }
    }

    /// Of a first object it is known only at its end which member identifies it.
    @Test func theFirstObjectIsToldOfLikeTheOthers() {
        let longest = String(repeating: "x", count: RowIdentifiers.longest)
        for text in ["\(longest)y", longest + longest] {
            let found = decode("{\"x\":1,\"id\":\"\(text)\"}\n", .name("id"))
            #expect(found.error?.detail.contains("the id is longer than 4096 bytes") == true, "\(found)")
        }
        #expect(decode("{\"x\":1,\"id\":\"\(longest)\"}\n", .name("id")).identifiers == [longest])
        let body = Array("[{\"x\":1,\"id\":\"".utf8) + [0xE9] + Array("\"}]".utf8)
        var decoder = PointDecoder(format: .json, options: decodingOptions { $0.identifierColumn = .name("id") })
        var points = IdentifiedPoints()
        let error = #expect(throws: FormatError.self) {
            try body.withUnsafeBytes { try decoder.feed($0, into: &points) }
            _ = try decoder.finish(into: &points)
        }
        #expect(error?.detail.contains("is not valid UTF-8") == true)
    }

    @Test func textThatIsNotUnicodeIsRefused() {
        var decoder = PointDecoder(format: .csv, options: decodingOptions { $0.identifierColumn = .index(0) })
        var points = IdentifiedPoints()
        let body = Array("id,x\n".utf8) + [0xE9, 0x2C, 0x31, 0x0A]
        let error = #expect(throws: FormatError.self) {
            try body.withUnsafeBytes { try decoder.feed($0, into: &points) }
            _ = try decoder.finish(into: &points)
        }
        #expect(error?.detail.contains("not valid UTF-8") == true)
    }
}
