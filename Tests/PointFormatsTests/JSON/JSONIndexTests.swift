import PointFormats
import Testing

@Suite struct JSONIndexTests {
    private func read(_ body: String, id: String?) throws -> (sink: IdentifierRecorder, summary: DecodedSummary) {
        var decoder = PointDecoder(
            format: .json, options: decodingOptions { $0.identifierColumn = id.map { ColumnSelector($0) } })
        var sink = IdentifierRecorder()
        try Array(body.utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
        let summary = try decoder.finish(into: &sink)
        return (sink, summary)
    }

    @Test(arguments: [
        #"{"columns":["x","y"],"index":["a",2],"data":[[1,2],[3,4]]}"#,
        #"{"index":["a",2],"columns":["x","y"],"points":[[1,2],[3,4]]}"#,
        #"{"index":["a",2],"points":[[1,2],[3,4]]}"#,
    ])
    func theIndexIdentifiesTheRowsUnderTheNameOfNoColumn(body: String) throws {
        for name in ["index", "key"] {
            let (sink, summary) = try read(body, id: name)
            #expect(sink.identifiers == ["a", "2"] && sink.values == [1, 2, 3, 4])
            #expect(summary.schema.identifier == name && summary.warnings.isEmpty)
        }
    }

    @Test func aColumnOfThatNameComesFirst() throws {
        let body = #"{"columns":["x","key"],"index":["a","b"],"data":[[1,2],[3,4]]}"#
        let (sink, summary) = try read(body, id: "key")
        #expect(sink.identifiers == ["2", "4"] && sink.values == [1, 3])
        #expect(summary.schema == PointSchema(columns: ["x"], dimension: 1, identifier: "key"))
    }

    @Test func anIndexOfTextIsNotLostSilently() throws {
        let (sink, summary) = try read(#"{"index":["a",[1]],"data":[[1,2],[3,4]]}"#, id: nil)
        #expect(sink.identifiers.isEmpty && sink.values == [1, 2, 3, 4])
        #expect(summary.warnings.count == 1 && summary.warnings[0].contains("id_column=index"))
        #expect(try read(#"{"index":[0,1],"data":[[1,2],[3,4]]}"#, id: nil).summary.warnings.isEmpty)
    }

    @Test(arguments: [
        #"{"columns":["a","b"],"index":[1,2,3],"data":[[1,2]]}"#, #"{"data":[[1,2],[3,4]],"index":[1]}"#,
        #"{"index":[1],"data":[[1,2],[3,4]]}"#,
    ])
    func anIndexThatIsLeftOutMustFitAsWell(body: String) {
        let error = #expect(throws: FormatError.self) { try read(body, id: nil) }
        #expect(error?.code == .unprocessable && error?.places.first?.line == 1, "\(error?.detail ?? "")")
    }

    @Test func anEmptyIndexIsNone() throws {
        #expect(try read(#"{"index":[],"data":[[1,2],[3,4]]}"#, id: nil).sink.values == [1, 2, 3, 4])
        #expect(throws: FormatError.self) { try read(#"{"index":[],"data":[[1,2]]}"#, id: "key") }
    }

    @Test(arguments: [
        (#"{"columns":["x"],"index":["a"],"data":[[1],[2]]}"#, "\"index\" has 1 element, but there are more points"),
        (#"{"columns":["x"],"index":["a","b"],"data":[[1]]}"#, "\"index\" has 2 elements, but there are 1 point"),
        (#"{"columns":["x"],"index":[["a"]],"data":[[1]]}"#, "index[0] is no text"),
        (#"{"columns":["x"],"index":[null],"data":[[1]]}"#, "index[0] is no text"),
        (#"{"columns":["x"],"data":[[1]],"index":["a"]}"#, "there is no column \"index\", and no \"index\" in front"),
        (#"{"columns":["x"],"data":[[1]]}"#, "there is no column \"index\", and no \"index\" in front"),
    ])
    func anIndexThatDoesNotFitIsAnError(body: String, detail: String) {
        let error = #expect(throws: FormatError.self) { try read(body, id: "index") }
        #expect(error?.detail.hasPrefix(detail) == true, "\(error?.detail ?? "")")
        #expect(error?.code == .unprocessable)
    }
}
