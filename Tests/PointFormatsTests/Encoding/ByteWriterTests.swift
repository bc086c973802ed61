import PointFormats
import Testing

@Suite struct ByteWriterTests {
    private func written(_ write: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func takingEmptiesTheWriter() {
        var writer = ByteWriter(capacity: 64)
        writer.append("ab")
        writer.append(string: "é")
        writer.append(byte: 0x0A)
        #expect(writer.count == 5)
        #expect(writer.take() == Array("abé\n".utf8))
        #expect(writer.count == 0 && writer.bytes.isEmpty)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 12345, Int.max, Int.min])
    func integersAreWrittenInFull(value: Int) {
        #expect(written { $0.append(int: value) } == String(value))
    }

    @Test func integersOfEveryWidthAreWritten() {
        #expect(written { $0.append(int: UInt64.max) } == "18446744073709551615")
        #expect(written { $0.append(int: Int8.min) } == "-128")
        #expect(written { $0.append(int: UInt128.max) } == "340282366920938463463374607431768211455")
    }

    @Test(
        arguments: [
            (1, "1"), (-3, "-3"), (0, "0"), (-0.0, "-0"), (0.1, "0.1"), (16777215, "16777215"), (1e10, "1e+10"),
            (1e-7, "1e-07"),
            (1.5, "1.5"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"), (3.4028235e38, "3.4028235e+38"),
        ] as [(Float, String)])
    func floatsAreShort(value: Float, text: String) {
        #expect(written { $0.append(float: value) } == text)
    }

    @Test(
        arguments: [
            (1, "1"), (-0.0, "-0"), (0.1, "0.1"), (9007199254740991, "9007199254740991"), (1e300, "1e+300"),
            (.nan, "null"),
        ] as [(Double, String)])
    func doublesAreShort(value: Double, text: String) {
        #expect(written { $0.append(double: value) } == text)
    }

    @Test func numbersReadBackAsThemselves() {
        var random = SmallRandom(seed: 7)
        var floats: [Float] = [
            -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, .leastNormalMagnitude, 16777216,
        ]
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            if double.isFinite {
                let text = written { $0.append(double: double) }
                if Double(text)?.bitPattern != double.bitPattern { Issue.record("\(double) becomes \(text)") }
            }
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            if float.isFinite { floats.append(float) }
        }
        floats.removeLast(floats.count % 5)
        for dimension in [1, 5] {
            let json = written { $0.append(jsonRows: floats, dimension: dimension) }
            #expect(decode(json, .json).values.map(\.bitPattern) == floats.map(\.bitPattern))
            let rows = stride(from: 0, to: floats.count, by: dimension).map { floats[$0..<$0 + dimension] }
            let csv = written { writer in for row in rows { writer.append(csvRow: row) } }
            #expect(decode(csv, .csv).values.map(\.bitPattern) == floats.map(\.bitPattern))
            let lines = written { writer in for row in rows { writer.append(ndjsonRow: row) } }
            #expect(decode(lines, .ndjson).values.map(\.bitPattern) == floats.map(\.bitPattern))
        }
    }

    @Test func jsonStringsAreEscaped() {
        let text = "\"\\/\u{8}\u{9}\u{A}\u{C}\u{D}\u{0}\u{1F}\u{7F}é😀"
        #expect(written { $0.append(jsonString: text) } == #""\"\\/\b\t\n\f\r\u0000\u001f"# + "\u{7F}é😀\"")
    }

    @Test func arraysAreWritten() {
        #expect(written { $0.append(jsonArray: [Float]()) } == "[]")
        #expect(written { $0.append(jsonArray: [1, 0.5, .nan] as [Float]) } == "[1,0.5,null]")
        #expect(written { $0.append(jsonArray: [1, 0.25] as [Double]) } == "[1,0.25]")
        #expect(written { $0.append(jsonArray: [1, -2] as [Int32]) } == "[1,-2]")
        #expect(written { $0.append(jsonArray: ["a", "\""]) } == #"["a","\""]"#)
        #expect(written { $0.append(jsonRows: [1, 2, 3, 4], dimension: 2) } == "[[1,2],[3,4]]")
        #expect(written { $0.append(jsonRows: [], dimension: 2) } == "[]")
    }

    @Test func linesOfJSONReadBack() {
        let text = written { writer in
            writer.append(ndjsonRow: [1, 2.5], names: ["x", "a\"b"])
            writer.append(ndjsonRow: [3, 4], names: ["x", "a\"b"])
        }
        #expect(text == "{\"x\":1,\"a\\\"b\":2.5}\n{\"x\":3,\"a\\\"b\":4}\n")
        #expect(decode(text).summary?.schema.columns == ["x", "a\"b"])
        #expect(decode(text).values == [1, 2.5, 3, 4])
    }

    @Test(arguments: [
        ("x", "x"), ("a b", "a b"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
        (" a", "\" a\""),
        ("a;b", "\"a;b\""), ("=1+1", "=1+1"), ("é", "é"), ("\r\n", "\"\r\n\""),
    ])
    func csvFieldsAreQuotedWhereNeeded(text: String, field: String) {
        #expect(written { $0.append(csvField: text) } == field)
    }

    @Test func aWrittenHeaderReadsBack() {
        let names = ["x", "a,b", "c\"d", "e\nf", "g h", "i;j", "k|l", "é"]
        let text = written { writer in
            writer.append(csvHeader: names)
            writer.append(csvRow: (0..<8).map(Float.init))
        }
        #expect(decode(text).summary?.schema.columns == names)
        #expect(decode(text).values == (0..<8).map(Float.init))
    }

    @Test func csvCellsThatAreNotFiniteAreEmpty() {
        #expect(written { $0.append(csvRow: [1, .nan, -.infinity, 2.5]) } == "1,,,2.5\n")
        #expect(written { $0.append(csvCells: [1, 2]) } == "1,2")
    }

    @Test func npyHeadersAreThoseOfNumpy() {
        var writer = ByteWriter()
        writer.append(npyHeader: [3, 2])
        #expect(writer.bytes == Array(NumpySamples.matrixLittleFloat32.prefix(128)))
        writer = ByteWriter()
        writer.append(npyHeader: [3])
        #expect(writer.bytes == Array(NumpySamples.vector.prefix(128)))
        writer = ByteWriter()
        writer.append(npyHeader: [3, 2], type: .int32)
        #expect(writer.bytes == Array(NumpySamples.matrixInt32.prefix(128)))
    }

    @Test func npyNumbersAreLittleEndian() {
        var writer = ByteWriter()
        writer.append(npyValues: [1.5, -2] as [Float])
        writer.append(npyValues: [1, 2].lazy.map { Float($0) })
        writer.append(npyValues: [-2] as [Int32])
        #expect(
            writer.bytes == [
                0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0xFE, 0xFF, 0xFF, 0xFF,
            ])
    }
}
