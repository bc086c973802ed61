import PointFormats
import Testing

@Suite struct CSVErrorTests {
    typealias Place = FormatError.Place

    @Test func textInANumericColumnNamesLineColumnNameAndText() {
        let error = decode("x,y\n1,2\n3,abc\n").error
        #expect(error?.code == .unprocessable)
        #expect(error?.places == [Place(line: 3, column: 2, row: 1, name: "y", detail: "\"abc\" is not a number")])
        #expect(
            error?.detail
                == "line 3, column 2 (\"y\"): \"abc\" is not a number. Mend the cell, or name the columns to use with columns."
        )
    }

    @Test(arguments: [
        ("", "the cell is empty"), ("nan", "\"nan\" is not a finite number"),
        ("-inf", "\"-inf\" is not a finite number"),
        ("NA", "\"NA\" is not a finite number"), ("1e39", "\"1e39\" is too large for a 32-bit number"),
        ("1;5", "\"1;5\" is not a number"), ("\"1,5\"", "\"1,5\" has a decimal comma"),
        ("\"1,000\"", "\"1,000\" has commas"), ("\"-1,234,567.5\"", "\"-1,234,567.5\" has commas"),
        ("\"1,0000\"", "\"1,0000\" has a decimal comma"),
        ("0x10", "\"0x10\" is not a number"),
        ("\"a\"\"b\"", "\"a\"b\" is not a number"), ("a\u{7}b", "\"a\u{FFFD}b\" is not a number"),
        ("5\u{FF05}", "\"5\u{FF05}\" is not a number"), ("1 2", "\"1 2\" is not a number"),
    ])
    func eachKindOfCellHasItsSentence(cell: String, detail: String) {
        let error = decode("1,2\n3,\(cell)\n5,6\n").error
        #expect(error?.places == [Place(line: 2, column: 2, row: 1, detail: detail)])
    }

    @Test(arguments: ["True", "false", "TRUE"]) func truthValuesAreToBeNumbers(cell: String) {
        let error = decode("x,y\n1,\(cell)\n").error
        #expect(
            error?.detail == "line 2, column 2 (\"y\"): \"\(cell)\" is not a number. Write truth values as 1 and 0, "
                + "or name the columns to use with columns.")
    }

    /// Excel's "Unicode text" and workbooks are sent as CSV all the same.
    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x78, 0x00, 0x0A, 0x00], "UTF-16 text"), ([0x50, 0x4B, 0x03, 0x04, 0x14], "a zip archive"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Excel workbook"), ([0x1F, 0x8B, 0x08], "gzip"),
        ] as [([UInt8], String)])
    func whatIsNoTextIsNamedThoughItIsSaidToBeCSV(body: [UInt8], name: String) {
        let error = decode(body, .csv).error
        #expect(error?.code == .unsupported && error?.detail.hasPrefix("the body is \(name)") == true)
        #expect(decode(body, .csv, cuts: Array(0...body.count)).error == error)
        #expect(decode("PAR1,BZh\n1,2\n", .csv).values == [1, 2])
    }

    @Test func longCellsAreCutInMessages() {
        let error = decode("1,2\n3,\(String(repeating: "é", count: 5_000))\n").error
        #expect(error?.places.first?.detail == "\"\(String(repeating: "é", count: 40))…\" is longer than any number")
    }

    @Test func numbersOfAThousandDigitsAreReadAndLongerOnesRefused() {
        let digits = String(repeating: "1", count: 1_000)
        #expect(decode("0.\(digits),2\n3,4\n").values == [Float("0.\(digits)") ?? 0, 2, 3, 4])
        #expect(decode("1,2\n3,0.\(digits)\(digits)\n").error?.places.first?.column == 2)
    }

    @Test func raggedRowsNameLineAndCounts() {
        let error = decode("x,y\n1,2\n3\n4,5,6\n").error
        #expect(
            error?.places == [
                Place(line: 3, row: 1, detail: "1 cell instead of 2"),
                Place(line: 4, row: 2, detail: "3 cells instead of 2"),
            ])
        #expect(
            error?.detail
                == "line 3: 1 cell instead of 2. Every line needs a cell for each name. One more place is wrong.")
    }

    @Test func tabsAreNotMendedToSpaces() {
        let error = decode("1\t2\t3\n4\t\t5\t6\n7\t8\t9\n").error
        #expect(error?.code == .unprocessable)
        #expect(error?.places.contains { $0.line == 2 && $0.detail == "4 cells instead of 3" } == true)
        // A tab here and there is a blank among blanks.
        #expect(decode("1 2\n3  4\n5\t6\n").values == [1, 2, 3, 4, 5, 6])
    }

    @Test func upToTwentyPlacesAreCollected() {
        let nineteen = decode("x\n" + String(repeating: "a\n1\n", count: 19)).error
        #expect(nineteen?.places.count == 19)
        #expect(nineteen?.places.last?.line == 38)
        let many = decode("x\n" + String(repeating: "a\n", count: 1_000)).error
        #expect(many?.places.count == 20)
        #expect(many?.detail.hasSuffix("19 more places are wrong, perhaps others.") == true)
    }

    @Test func aMistakeEndsTheReadingSoon() throws {
        var decoder = PointDecoder(format: .csv)
        var sink = PointArray()
        var fed = 0
        let bad = Array("1,2\nx,y\n1,z\n".utf8)
        let good = Array(String(repeating: "1,2\n", count: 4_096).utf8)
        let error = #expect(throws: FormatError.self) {
            try bad.withUnsafeBytes { try decoder.feed($0, into: &sink) }
            while fed < 100 {
                try good.withUnsafeBytes { try decoder.feed($0, into: &sink) }
                fed += 1
            }
        }
        #expect(error?.places.count == 3)
        #expect(fed == 3, "the fourth 16 KiB reach 64 KiB behind the first mistake")
        #expect(sink.values.isEmpty)
    }

    @Test func brokenQuotesAreMalformed() {
        let open = decode("x,y\n1,2\n1,\"2\n3,4\n").error
        #expect(open?.code == .malformed)
        #expect(open?.places.first.map { [$0.line, $0.column] } == [3, 2])
        let behind = decode("x,y\n1,\"2\"3\n").error
        #expect(behind?.code == .malformed)
        #expect(behind?.detail.hasPrefix("line 2, column 2 (\"y\"): '3' follows a closing quote.") == true)
        #expect(decode("\"x,y\n1,2\n").error?.code == .malformed)
        #expect(decode("\"x\"z,y\n1,2\n").error?.code == .malformed)
    }

    @Test func anEmptyLineAmongSingleNumbersIsAMissingNumber() {
        let error = decode("x\n1\n\n2\n").error
        #expect(error?.places == [Place(line: 3, row: 1, detail: "an empty line between the numbers")])
        #expect(decode("x\n\n1\n2\n\n\n").values == [1, 2])
    }

    @Test func aHeaderAloneIsNoRows() {
        let error = decode("x,y\n").error
        #expect(error?.code == .noRows)
        #expect(error?.detail.contains("\"x\", \"y\"") == true)
        #expect(decode("x,y\n\n\r\n").error?.code == .noRows)
    }

    @Test(arguments: ["", "\n", "\u{FEFF}", " \r\n\t"])
    func nothingIsEmpty(text: String) {
        #expect(decode(text, .csv).error == .empty)
        #expect(decode(text).error == .empty)
    }
}
