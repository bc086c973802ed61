import Testing

@testable import PointFormats

@Suite struct CSVDialectTests {
    private func dialect(_ text: String) -> CSVDialect {
        CSVDialect(sample: Array(text.utf8), isWhole: true, options: DecodingOptions())
    }

    @Test(arguments: [
        ("1,2\n3,4\n", ","), ("1;2\n3;4\n", ";"), ("1\t2\n3\t4\n", "\t"), ("1|2\n3|4\n", "|"), ("1 2\n3 4\n", " "),
        // A decimal comma between semicolons, a comma inside quotes, spaces after commas and inside names.
        ("1,5;2,5\n3,5;4,5\n", ";"), ("\"a,b\";c\n1;2\n", ";"), ("1, 2\n3, 4\n", ","), ("a b,c d\n1,2\n", ","),
        ("sepal length\n5.1\n4.9\n", ","), ("5\n6\n", ","), ("", ","),
        // Ragged rows are still cut.
        ("1,2\n3\n4,5\n", ","), ("1 2\n3 4\n5\n", " "), ("a;b\n1\n2\n", ";"),
    ])
    func delimitersAreDetected(text: String, delimiter: String) {
        #expect(dialect(text).delimiter == delimiter.utf8.first, "\(text)")
    }

    @Test(arguments: ["", "\u{FEFF}"], ["\n", "\r\n", "\r"])
    func aLineOfExcelNamesTheDelimiter(mark: String, end: String) {
        for (delimiter, cells) in [(";", "x y;z|t"), ("|", "x y|z;t"), ("\t", "x y\tz,t"), (",", "x y,z;t")] {
            let hint = "\(mark)sep=\(delimiter)\(end)"
            let named = Array("\(hint)\(cells)\(end)1\(delimiter)2\(end)3\(delimiter)a\(end)".utf8)
            let plain = Array("\(hint)1\(delimiter)2\(end)3\(delimiter)4\(end)".utf8)
            for cuts in [[], Array(0...plain.count)] {
                let wrong = decode(named, .csv, cuts: cuts)
                #expect(wrong.error?.places.map(\.line) == [4] && wrong.error?.places.map(\.column) == [2], "\(wrong)")
                let outcome = decode(plain, nil, decodingOptions { $0.header = .absent }, cuts: cuts)
                #expect(outcome.values == [1, 2, 3, 4], "\(outcome)")
            }
        }
    }

    @Test func onlyALineOfItsOwnNamesTheDelimiter() {
        #expect(decode("sep=,y\n1,2\n").summary?.schema.columns == ["sep=", "y"])
        #expect(decode("sep=\n1\n").summary?.schema.columns == ["sep="])
        #expect(decode("sep=;\n1,2\n", nil, decodingOptions { $0.delimiter = 0x2C }).values == [1, 2])
    }

    @Test(arguments: [
        "x,y\n1,2\n", "x\n1\n", "x,y\n", "id,x\na,1\n", "x,1\n2,3\n", ",x,y\n0,1,2\n", ",0,1\n0,5,6\n",
        "label,0,1,2\ncat,1,2,3\n",
        "name,other\nann,bob\n", "x,\n1,2\n",
    ])
    func namesAreAHeader(text: String) {
        #expect(dialect(text).hasHeader, "\(text)")
    }

    @Test(arguments: [
        "1,2\n3,4\n", "1\n", "ann,1.5,2\nbob,3,4\n", "NA,1.5\n2,3\n", ",1.5\n2,3\n", "nan,inf\n1,2\n", "ann,1.5\n", "",
        "-1e5,+3\n1,2\n",
    ])
    func numbersAndTextAboveTextAreNoHeader(text: String) {
        #expect(!dialect(text).hasHeader, "\(text)")
    }

    @Test func aRecordThatIsCutOffDoesNotCount() {
        let sample = Array("1,2\n3,4\n5".utf8)
        let records = CSVRecord.first(8, of: sample, delimiter: 0x2C, isWhole: false, maximumCells: 9)
        #expect(records.map(\.cells.count) == [2, 2])
        #expect(CSVRecord.first(8, of: sample, delimiter: 0x2C, isWhole: true, maximumCells: 9).count == 3)
    }

    @Test func recordsKnowTheirLinesAndEnds() {
        let sample = Array("\r\n\"a\nb\",c\r\n1,2".utf8)
        let records = CSVRecord.first(8, of: sample, delimiter: 0x2C, isWhole: true, maximumCells: 9)
        #expect(records.map(\.line) == [2, 4])
        #expect(records.map(\.nextLine) == [4, 4])
        #expect(records.map(\.end) == [11, 14])
    }

    @Test func cellsBeyondTheBoundAreCountedOnce() {
        let sample = Array("1,2,3,4,5,6\n".utf8)
        let records = CSVRecord.first(1, of: sample, delimiter: 0x2C, isWhole: true, maximumCells: 3)
        #expect(records.first?.cells.count == 4)
    }
}
