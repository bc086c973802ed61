import PointFormats
import Testing

@Suite struct CSVDecoderTests {
    @Test func rowsAndNamesAreRead() {
        let outcome = decode("x,y\n1,2\n3.5,-4e2\n")
        #expect(outcome.values == [1, 2, 3.5, -400])
        #expect(outcome.summary?.format == .csv)
        #expect(outcome.summary?.schema == PointSchema(columns: ["x", "y"], dimension: 2))
        #expect(outcome.summary?.rows == 2)
        #expect(outcome.summary?.warnings == [])
    }

    @Test(arguments: [
        "1,2\n3,4\n", "1,2\r\n3,4\r\n", "1,2\r3,4\r", "1,2\n3,4", "\n\n1,2\n\n \t\n3,4\n\n\n", "\u{FEFF}1,2\n3,4",
    ])
    func lineEndsAndBlankLinesDoNotMatter(text: String) {
        #expect(decode(text).values == [1, 2, 3, 4])
    }

    @Test(arguments: [
        "\"1\",\"2\"\n\"3\",4\n", " 1 ,\t2 \n3,  4\n", " \"1\" , \"2\"\n\" 3\",\"4 \"\n", "+1,2.\n3.0,.4e1\n",
        "01,002\n3,4\n",
    ])
    func quotesBlanksAndLooseNumbersAreRead(text: String) {
        #expect(decode(text, nil, decodingOptions { $0.header = .absent }).values == [1, 2, 3, 4])
    }

    @Test func quotedNamesKeepWhatIsInside() {
        let outcome = decode("\"a,b\",\"c\"\"d\",\"e\nf\", g \n1,2,3,4\n")
        #expect(outcome.summary?.schema.columns == ["a,b", "c\"d", "e\nf", "g"])
        #expect(outcome.values == [1, 2, 3, 4])
    }

    @Test func linesAreCountedBehindQuotedLineEnds() {
        #expect(decode("\"a\nb\",c\r\n1,2\r\n3,x\r\n").error?.places.first?.line == 4)
        let options = decodingOptions { $0.columns = [.name("x")] }
        #expect(decode("t,x\n\"1\n2\r\n3\",4\n\"\",y\n", nil, options).error?.places.first?.line == 5)
    }

    @Test func columnsAreTakenInTheOrderAskedFor() {
        let text = "id,x,y,note\na,1,2,\"p,q\"\n,3,4,\n\"\",5,6,\"r\ns\"\n"
        let byName = decode(text, nil, decodingOptions { $0.columns = [.name("y"), .name("x")] })
        #expect(byName.values == [2, 1, 4, 3, 6, 5])
        #expect(byName.summary?.schema == PointSchema(columns: ["y", "x"], dimension: 2))
        let byIndex = decode(text, nil, decodingOptions { $0.columns = [.index(2)] })
        #expect(byIndex.values == [2, 4, 6])
    }

    @Test func unknownColumnsAreRefusedWithWhatThereIs() {
        let outcome = decode("x,y\n1,2\n", nil, decodingOptions { $0.columns = [.name("z")] })
        #expect(outcome.error?.code == .unprocessable)
        #expect(outcome.error?.detail == #"there is no column "z". The columns are "x", "y"."#)
    }

    @Test func delimiterAndHeaderCanBeSaid() {
        let bars = decodingOptions { $0.delimiter = UInt8(ascii: ":") }
        #expect(decode("1:2\n3:4\n", nil, bars).values == [1, 2, 3, 4])
        let named = decodingOptions { $0.header = .present }
        #expect(decode("1,2\n3,4\n", nil, named).summary?.schema.columns == ["1", "2"])
        #expect(decode("1,2\n3,4\n", nil, named).values == [3, 4])
        let unnamed = decodingOptions { $0.header = .absent }
        #expect(decode("x,y\n3,4\n", nil, unnamed).error?.places.first?.line == 1)
    }

    @Test func aLastEmptyCellIsACell() {
        #expect(decode("x,y\n1,\n").error?.places.first?.column == 2)
        #expect(decode("x,y\n1,2\n3,").error?.places.first?.detail == "the cell is empty")
    }

    @Test func spacesMayPadBothSides() {
        #expect(decode("  1   2\n 3 \t 4  \n").values == [1, 2, 3, 4])
        #expect(decode("x y\n1 2  \n3 4").summary?.schema.columns == ["x", "y"])
    }

    @Test func namesThatAreNotUTF8AreRefusedWithAFix() {
        let outcome = decode([0x78, 0x2C, 0xE9, 0x0A, 0x31, 0x2C, 0x32, 0x0A])
        #expect(outcome.error?.code == .malformed)
        #expect(outcome.error?.places.first?.column == 2)
        #expect(outcome.error?.detail.contains("UTF-8") == true)
    }

    @Test func aFirstColumnWithoutANameIsReported() {
        let outcome = decode(",x,y\n0,1.5,2\n1,3,4\n")
        #expect(outcome.summary?.schema.dimension == 3)
        #expect(outcome.summary?.warnings.count == 1)
        let chosen = decode(",x,y\n0,1.5,2\n1,3,4\n", nil, decodingOptions { $0.columns = [.index(1), .index(2)] })
        #expect(chosen.summary?.warnings == [])
        #expect(chosen.values == [1.5, 2, 3, 4])
    }

    @Test func aFirstRowThatOnlyCountsIsReported() {
        #expect(decode("0,1,2\n5,5,5\n").summary?.warnings.count == 1)
        #expect(decode("0,1,2\n5,5,5\n").summary?.rows == 2)
        #expect(decode("0,1,2\n5,5,5\n", nil, decodingOptions { $0.header = .absent }).summary?.warnings == [])
    }

    @Test func boundsOnColumnsHold() {
        let bounded = decodingOptions { $0.maximumColumns = 3 }
        #expect(decode("1,2,3\n4,5,6\n", nil, bounded).summary?.rows == 2)
        let outcome = decode("1,2,3,4\n5,6,7,8\n", nil, bounded)
        #expect(outcome.error?.code == .tooLarge)
        #expect(outcome.error?.places.first?.line == 1)
    }

    @Test func aRowWithoutAnEndIsRefusedWithoutHoldingIt() throws {
        var decoder = PointDecoder(format: .csv, options: decodingOptions { $0.maximumColumns = 100 })
        var sink = PointArray()
        let piece = Array(repeating: UInt8(ascii: "x"), count: 65_536)
        let error = #expect(throws: FormatError.self) {
            for _ in 0..<4 { try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) } }
        }
        #expect(error?.code == .tooLarge)
    }
}
