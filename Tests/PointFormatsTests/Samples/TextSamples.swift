import PointFormats
import Testing

/// A body, how to read it, and what it is called in messages.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    var format: PointFormat?
    var options = DecodingOptions()

    init(_ name: String, _ body: String, _ format: PointFormat? = nil, _ options: DecodingOptions = DecodingOptions()) {
        self.init(name, Array(body.utf8), format, options)
    }

    init(_ name: String, _ body: [UInt8], _ format: PointFormat? = nil, _ options: DecodingOptions = DecodingOptions())
    {
        self.name = name
        self.body = body
        self.format = format
        self.options = options
    }

    var testDescription: String { name }
}

extension Sample {
    private static let second = decodingOptions { $0.columns = [.index(1)] }
    private static let named = decodingOptions { $0.columns = [.name("y"), .name("x")] }
    private static let mark = "\u{FEFF}"

    /// Bodies of each kind that are right.
    static let valid: [Sample] = [
        Sample("CSV with a header", "x,y\n1,2\n3.5,-4e2\n"),
        Sample("CSV with CRLF", "x,y\r\n1,2\r\n3,4\r\n\r\n"),
        Sample("CSV with CR", "1,2\r3,4\r"),
        Sample("CSV without a last line end", "1,2\n3,4"),
        Sample("CSV with a mark, quotes and blanks", "\(mark)\"a \"\"b\"\"\", c\r\n \"1\" ,2 \r\n\"3\",\t4\r\n"),
        Sample("CSV with quoted line ends", "\"x\ny\",\"z\r\nw\"\n\"1\",\"2\"\n"),
        Sample("CSV with more lines than are sampled", (0..<20).map { "\($0).25,-\($0)\n" }.joined()),
        Sample("CSV of twelve lines with CRLF", (0..<12).map { "\($0);\($0)e-3\r\n" }.joined()),
        Sample("semicolons", "1;2\n3;4\n"),
        Sample("tabs", "x\ty\n1\t2\n3\t4\n"),
        Sample("spaces", "  1  2\n3\t4  \n\n"),
        Sample("one column", "\n5\n6\n\n"),
        Sample("some columns", "id,x,y\na b,1,2\n\"c,\"\"d\",3,4\n ,5,6\n", nil, named),
        Sample("one of the columns", "1,2\n3,4\n,6\n", .csv, second),
        Sample("many digits", "0.1234567890123456789012345,1e-40\n00000000000000000000001,16777217.0000001\n"),
        Sample("JSON document", "[[1,2],[3.5,-4e2]]"),
        Sample("JSON with white space", "\(mark) [\n [ 1 , 2 ] ,\r\n\t[ 3 , 4 ]\n]\n "),
        Sample("JSON of points and columns", #"{"points":[[1,2],[3,4]],"columns":["x","\u00e9\ud83d\ude00"]}"#),
        Sample("pandas split", #"{"columns":[0,"b"],"index":[0,{"a":[1]}],"data":[[1,2],[3,4]]}"#),
        Sample("pandas records", #"[{"x":1,"y":2},{"y":4,"x":3}, {"x" : 5 ,"y":6}]"#),
        Sample("JSON with some columns", #"{"columns":["x","t","y"],"points":[[1,"a",2],[3,[{}],4]]}"#, nil, named),
        Sample("NDJSON of arrays", "[1,2]\n[3,4]\n"),
        Sample("NDJSON without line ends", "[1,2][3,4]"),
        Sample("NDJSON of objects", "{\"x\":1,\"y\":2}\r\n{\"y\":4.25,\"x\":3}\n{\"x\":5,\"y\":6}"),
        Sample(
            "NDJSON with some columns", "{\"x\":1,\"t\":\"a\\\"\",\"y\":2}\n{\"y\":4,\"u\":null,\"x\":3}\n", nil, named),
        Sample("NDJSON with escaped names", "{\"a\\nb\":1,\"\\\\n\":2}\n{\"a\\nb\":3,\"\\\\n\":4}\n"),
        Sample("one point", "[1,2]", .ndjson),
        Sample(".npy", NumpySamples.matrixLittleFloat32),
        Sample(".npy of big-endian doubles", NumpySamples.matrixBigFloat64),
        Sample(".npy in Fortran order", NumpySamples.fortranFloat64),
        Sample(".npy in Fortran order, one column", NumpySamples.fortranFloat32, .npy, second),
        Sample(".npy, one column", NumpySamples.matrixInt64, .npy, second),
        Sample(".npy of version 3", NumpySamples.version3),
    ]

    /// Bodies of each kind that are wrong.
    static let invalid: [Sample] = [
        Sample("nothing", ""),
        Sample("white space", " \r\n \t"),
        Sample("a header", "x,y\n"),
        Sample("text", "x,y\n1,2\nabc,3\n,nan\n"),
        Sample("ragged", "1,2\n3\n4,5,6\n7,8\n"),
        Sample("twenty-five mistakes", "x\n" + String(repeating: "a\n", count: 25)),
        Sample("a missing line", "1\n\n2\n"),
        Sample("a quote that stays open", "x,y\n1,\"2\n3,4\n"),
        Sample("text behind a quote", "x,y\n1,\"2\"3\n"),
        Sample("too large a number", "1,2\n3,1e39\n"),
        Sample("a long cell", "1,2\n3,\(String(repeating: "9", count: 1100))\n"),
        Sample("lines run together", "x,y1.5,23.5,45.5,6.1.2"),
        Sample("UTF-16", [0xFF, 0xFE, 0x31, 0x00]),
        Sample("Latin-1", [0xE9, 0x2C, 0x78, 0x0A, 0x31, 0x2C, 0x32, 0x0A]),
        Sample("gzip", [0x1F, 0x8B, 0x08, 0x00]),
        Sample("flat JSON", "[1,2,3]"),
        Sample("cut JSON", "[[1,2],[3"),
        Sample("JSON inside a string", "[{\"a"),
        Sample("a wrong bracket", "[[1,2}]"),
        Sample("more behind the document", "[[1]] x"),
        Sample("null and text in JSON", "[[1,2],\n[null,\"3\"],[true,{}],[4],[[1],2],[1e39,NaN]]"),
        Sample("a wrong word", "[[1,2],[nul]]"),
        Sample("no value", "[[1,,2]]"),
        Sample("a parameter", #"{"k":3,"points":[[1,2]]}"#),
        Sample("an unknown name", #"{"points":[[1,2]],"colums":["x"]}"#),
        Sample("points twice", #"{"points":[[1,2]],"points":[[1,2]]}"#),
        Sample("columns that do not fit", #"{"points":[[1,2]],"columns":["x"]}"#),
        Sample("other names", "{\"x\":1,\"y\":2}\n{\"x\":3}\n{\"x\":1,\"z\":2}\n{\"x\":1,\"x\":2,\"y\":3}\n[1,2]\n"),
        Sample("a bad escape", #"[{"\x":1}]"#),
        Sample("a wrong .npy", Array(NumpySamples.matrixInt8.dropLast(2))),
        Sample("bytes behind a .npy", NumpySamples.matrixInt8 + [0]),
        Sample("a .npy of objects", NumpySamples.objects),
        Sample("a .npy with nan", NumpySamples.notFinite),
        Sample("a .npy header that is cut", Array(NumpySamples.matrixInt8.prefix(30))),
    ]
}
