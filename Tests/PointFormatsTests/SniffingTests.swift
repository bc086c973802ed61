import Testing

@testable import PointFormats

@Suite struct SniffingTests {
    private func sniff(_ text: String) -> Sniffed { PointFormat.sniff(text.utf8) }

    @Test(arguments: [
        "1,2\n", "x,y\n", "\"x\",1", "\u{FEFF}x,y", "  \n 5", "-1", "hello", "PAR1,PAR2\n1,2\n", "BZh\n1\n",
    ])
    func textIsCSV(text: String) {
        #expect(sniff(text) == .format(.csv))
    }

    @Test(arguments: ["[[1,2],[3,4]]x", "{\"points\":[]} ?", "\u{FEFF} \n[[\"]\",\"\\\"]\"]]0"])
    func oneValueIsJSON(text: String) {
        #expect(sniff(text) == .format(.json))
    }

    @Test(arguments: ["[1,2]\n[3", "{\"x\":1}\r\n{", "{\"}\":1}{", " [1] [2]"])
    func aSecondValueIsNDJSON(text: String) {
        #expect(sniff(text) == .format(.ndjson))
    }

    @Test(arguments: ["[", "{", "[[1,2],[3", "[1,2]", "[1,2]\n", "\u{FEFF}", " \n", "{\"points\":[[1,2]]}"])
    func moreIsNeededWhereDocumentAndLinesStartAlike(text: String) {
        #expect(sniff(text) == .needMore)
    }

    @Test func aLongFirstValueIsToldByItsStart() {
        let numbers = String(repeating: "1,", count: 4_000)
        #expect(sniff("[[\(numbers)") == .format(.json))
        #expect(sniff("[{\"x\":\(numbers)") == .format(.json))
        #expect(sniff("[\(numbers)") == .format(.ndjson))
        #expect(sniff("{\"points\" : [[\(numbers)") == .format(.json))
        #expect(sniff("{\"x\":1,\(numbers)") == .format(.ndjson))
    }

    @Test func numpyIsToldByItsMagic() {
        #expect(PointFormat.sniff(NumpySamples.vector) == .format(.npy))
        #expect(PointFormat.sniff(NumpySamples.vector.prefix(5)) == .needMore)
    }

    @Test func arrowIsToldByItsMagic() {
        #expect(PointFormat.sniff(Array("ARROW1\0\0".utf8)) == .format(.arrow))
        #expect(PointFormat.sniff([0xFF, 0xFF, 0xFF, 0xFF, 0x10]) == .format(.arrow))
        #expect(PointFormat.sniff([0xFF, 0xFF, 0xFF]) == .needMore)
        #expect(PointFormat.sniff(Array("ARROW1\0".utf8)) == .needMore)
        #expect(decode("ARROW1,x\n1,2\n").summary?.schema.columns == ["ARROW1", "x"])
        #expect(decode("ARROW1").error?.code == .noRows)
    }

    @Test func noBytesAreEmpty() {
        #expect(PointFormat.sniff([]) == .empty)
    }

    @Test(arguments: [
        ("Apache Parquet", Array("PAR1".utf8)), ("Apache Parquet", Array("PAR1\u{15}\u{4}".utf8)),
        ("Feather V1", Array("FEA1\0\0".utf8)),
        ("gzip", [0x1F, 0x8B, 8]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 4]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
        ("bzip2", Array("BZh91AY".utf8)), ("a zip archive (.npz and .xlsx are such)", [0x50, 0x4B, 3, 4]),
        ("a Python pickle", [0x80, 4, 0x95]), ("a Python pickle", [0x80, 2, 0x5D]),
        ("an old Excel workbook (.xls)", [0xD0, 0xCF, 0x11, 0xE0, 0xA1]), ("Apache Avro", Array("Obj\u{1}\u{4}".utf8)),
        ("an SQLite database", Array("SQLite format 3\0".utf8)), ("HDF5", [0x89, 0x48, 0x44, 0x46]),
        ("UTF-16 text", [0xFF, 0xFE, 0x31]), ("UTF-32 text", [0xFF, 0xFE, 0, 0]), ("UTF-32 text", [0, 0, 0xFE, 0xFF]),
    ])
    func knownFormatsAreRefusedByNameWithAFix(name: String, bytes: [UInt8]) {
        guard case .unsupported(let found, let fix) = PointFormat.sniff(bytes) else {
            Issue.record("\(PointFormat.sniff(bytes))")
            return
        }
        #expect(found == name)
        #expect(fix.hasSuffix("."))
        let error = decode(bytes).error
        #expect(error?.code == .unsupported)
        #expect(error?.detail == "the body is \(name), which is not read here. \(fix)")
        #expect(error?.places.first?.byte == 0)
    }

    @Test func aColumnCalledLikeAMagicNumberIsText() {
        #expect(decode("PAR1,PAR2\n1,2\n").values == [1, 2])
        #expect(decode("BZh;x\n1;2\n").summary?.schema.columns == ["BZh", "x"])
    }

    @Test func aLongBlankStartIsLookedThroughButNotForever() {
        let blanks = String(repeating: " ", count: 900)
        #expect(decode(blanks + "[[1,2]]").summary?.format == .json)
        #expect(decode(String(repeating: "\n", count: 5_000) + "1,2").values == [1, 2])
    }
}
