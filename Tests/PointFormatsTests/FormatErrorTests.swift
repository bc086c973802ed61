import Testing

@testable import PointFormats

@Suite struct FormatErrorTests {
    @Test func anErrorCarriesTwentyPlacesAtMost() {
        let places = (0..<30).map { FormatError.Place(line: $0, detail: "x") }
        let error = FormatError(code: .malformed, detail: "d", places: places)
        #expect(error.places == Array(places.prefix(20)))
        #expect(error.description == "malformed: d")
    }

    @Test func aPlaceIsWrittenWithWhatIsKnownOfIt() {
        #expect(FormatError.Place(detail: "d").located == "d")
        #expect(FormatError.Place(line: 3, detail: "d").located == "line 3: d")
        #expect(
            FormatError.Place(line: 3, column: 2, row: 1, name: "y", detail: "d").located
                == "line 3, column 2 (\"y\"): d")
        #expect(FormatError.Place(column: 2, row: 1, detail: "d").located == "row 1, column 2: d")
    }

    /// One body for each code: a client can cause them all, and every detail ends with a sentence on the fix.
    @Test(arguments: [
        (FormatError.Code.malformed, "[[1"), (.unprocessable, "1,2\n3\n"), (.unsupported, "PAR1"), (.empty, ""),
        (.noRows, "x,y\n"), (.lineEndsStripped, "x,y0.51.3,2"), (.tooLarge, "1,2,3\n"),
    ])
    func everyCodeComesWithAFix(code: FormatError.Code, body: String) {
        let error = decode(body, nil, decodingOptions { $0.maximumColumns = 2 }).error
        #expect(error?.code == code)
        #expect(error?.detail.contains(". ") == true, "\(error?.detail ?? "")")
    }

    @Test func excerptsAreSafeToShow() {
        #expect(ErrorText.quoted(Array("a\u{0}\u{1B}[31m\u{202E}b".utf8)) == "\"a\u{FFFD}\u{FFFD}[31m\u{FFFD}b\"")
        #expect(ErrorText.quoted([0xFF, 0x61]) == "\"\u{FFFD}a\"")
        #expect(ErrorText.quoted(String(repeating: "x", count: 41)) == "\"\(String(repeating: "x", count: 40))…\"")
        #expect(ErrorText.quoted(String(repeating: "x", count: 40)) == "\"\(String(repeating: "x", count: 40))\"")
    }

    @Test(
        arguments: [(0x09, "a tab"), (0x41, "'A'"), (0x20, "a space"), (0x07, "byte 0x7"), (0xFF, "byte 0xFF")]
            as [(UInt8, String)])
    func bytesHaveNames(byte: UInt8, name: String) {
        #expect(ErrorText.byte(byte) == name)
    }
}
