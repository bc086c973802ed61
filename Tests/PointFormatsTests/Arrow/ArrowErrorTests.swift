import Testing

@testable import PointFormats

@Suite struct ArrowErrorTests {
    private func error(_ name: String, _ change: (inout DecodingOptions) -> Void = { _ in }) throws -> FormatError {
        try #require(decode(try ArrowSamples.file(name), nil, decodingOptions(change)).error)
    }

    @Test func nullsAreRefusedByRowAndColumn() throws {
        let first = try error("nulls.arrows")
        #expect(
            first.detail == "row 1, column \"y\": the cell is null. Fill it in, or leave the row or the column out. "
                + "One more place is wrong.")
        #expect(first.places.map(\.row) == [1, 3] && first.places.allSatisfy { $0.name == "y" && $0.column == 2 })
        #expect(first.code == .unprocessable)
        let key = try error("null_ids.arrows") { $0.identifierColumn = .name("key") }
        #expect(key.detail.hasPrefix("row 1, column \"key\": the cell is null."))
        let list = try error("null_lists.arrows")
        #expect(list.detail.hasPrefix("row 1, column \"e\"[1]: the cell is null."))
        #expect(
            decode(try ArrowSamples.file("nulls.arrows"), nil, decodingOptions { $0.columns = [.index(0)] }).error
                == nil)
    }

    @Test func numbersThatAreNotFiniteAreRefusedByRowAndColumn() throws {
        let error = try error("nan.arrows")
        #expect(error.detail.hasPrefix("row 2, column \"y\": nan is not a finite number."))
        #expect(
            error.places.map(\.detail) == [
                "nan is not a finite number", "inf is not a finite number", "the number is too large for 32 bits",
            ])
    }

    @Test func dictionariesAreRefusedByNameUnlessPassedOver() throws {
        let error = try error("dictionary.arrows")
        #expect(error.detail.hasPrefix("column \"kind\" holds a dictionary's entries, not numbers. Cast it"))
        let rest = decode(
            try ArrowSamples.file("dictionary.arrows"), nil, decodingOptions { $0.columns = [.name("x")] })
        #expect(rest.values == ArrowSamples.x)
    }

    @Test(arguments: [
        ("t", "text"), ("n", "null"), ("v", "text"), ("list", "list"), ("struct", "struct"), ("ts", "timestamp"),
        ("ree", "run_end_encoded"), ("dense", "union"), ("map", "map"), ("dec", "decimal"), ("bin", "binary"),
    ])
    func columnsThatAreNoNumbersAreRefusedByNameAndType(name: String, type: String) throws {
        let error = try error("others.arrows") { $0.columns = [.name("x"), .name(name)] }
        #expect(error.detail.hasPrefix("column \"\(name)\" holds \(type), not "), "\(error.detail)")
        #expect(error.code == .unprocessable)
    }

    @Test func decimalsAreToBeCast() throws {
        let error = try error("others.arrows") { $0.columns = [.name("x"), .name("dec")] }
        #expect(error.detail.contains("not floats or integers. Cast it to floats (table[\"dec\"].cast(\"float64\")"))
    }

    @Test func idsOfViewsAreCheckedLikeOthers() throws {
        let error = try error("view_latin1.arrows") { $0.identifierColumn = .name("key") }
        #expect(error.detail.hasPrefix("row 0, column \"key\": the id \"\u{FFFD}\" is not valid UTF-8."))
    }

    @Test func dictionariesHaveABound() throws {
        let error = try error("large_dictionary.arrows") { $0.identifierColumn = .name("key") }
        #expect(error.code == .tooLarge && error.detail.contains("16777216 bytes. Cast the column to strings"))
    }

    @Test func rowsInFrontOfTheirDictionaryAreRefused() throws {
        let error = try error("polars_categorical.arrow") { $0.identifierColumn = .name("key") }
        #expect(error.detail.hasPrefix("the dictionary of column \"key\" comes behind rows that need it"))
        #expect(error.detail.contains("write_ipc_stream") && error.code == .unprocessable)
    }

    @Test func aFileOfPolarsWithoutRowsHasNoPoints() throws {
        #expect(try error("polars_empty.arrow") { $0.identifierColumn = .name("key") }.code == .noRows)
    }

    @Test func listsBesideOtherColumnsAreRefused() throws {
        let error = try error("others.arrows") { $0.columns = [.name("lists"), .name("x")] }
        #expect(error.detail.hasPrefix("column \"lists\" holds lists of 3 numbers, beside other columns."))
    }

    @Test func noRowsAreNoPoints() throws {
        #expect(try error("empty.arrows").code == .noRows)
    }

    @Test func otherBytesAreNoArrow() {
        #expect(decode(Array("x,y\n1,2\n3,4\n".utf8), .arrow).error?.code == .malformed)
        #expect(decode([], .arrow).error?.code == .empty)
        #expect(decode([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]).error?.code == .malformed)
        let old = Array("FEA1\0\0\0\0".utf8)
        #expect(decode(old).error?.detail.contains("Feather V2") == true)
    }

    /// A small body that says it unpacks to much is refused when it says so.
    @Test func whatPackedBuffersComeToIsLimited() throws {
        let error = try error("long_zstd.arrows") { $0.maximumUnpackedBytes = 20_000 }
        #expect(error.code == .tooLarge && error.detail.contains("more than 20000 bytes"))
        #expect(
            decode(
                try ArrowSamples.file("long_zstd.arrows"), nil, decodingOptions { $0.maximumUnpackedBytes = 24_000 }
            ).error == nil)
    }

    @Test func tooManyColumnsAreRefused() throws {
        #expect(try error("types.arrows") { $0.maximumColumns = 11 }.code == .tooLarge)
        #expect(try error("lists.arrows") { $0.maximumColumns = 2 }.code == .tooLarge)
    }
}
