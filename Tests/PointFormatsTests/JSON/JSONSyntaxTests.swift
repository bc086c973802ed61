import PointFormats
import Testing

@Suite struct JSONSyntaxTests {
    @Test(arguments: [
        // text, line and byte of the mistake, what is said of it
        ("[[1,2]", 1, 7, "the body ends before its last bracket closes"),
        ("[[1,2],\n [3,4", 2, 6, "the body ends before its last bracket closes"),
        ("[[1,]]", 1, 5, "']' where a value should be"), ("[[,1]]", 1, 3, "',' where a value or ']' should be"),
        ("[[1 2]]", 1, 5, "'2' where ',' or ']' should be"), ("[[1]}", 1, 5, "'}' where ',' or ']' should be"),
        ("[[1,2}]", 1, 6, "'}' where ',' or ']' should be"), ("[{\"x\" 1}]", 1, 7, "'1' where ':' should be"),
        ("[{\"x\":1,}]", 1, 9, "'}' where a name in double quotes should be"),
        ("[{x:1}]", 1, 3, "'x' where a name in double quotes or '}' should be"),
        ("[{\"x\":1 \"y\":2}]", 1, 9, "'\"' where ',' or '}' should be"),
        ("[[.5]]", 1, 3, "'.' where a value or ']' should be"),
        ("[[01]]", 1, 3, "\"01\" is not a JSON value"), ("[[1.]]", 1, 3, "\"1.\" is not a JSON value"),
        ("[[-]]", 1, 3, "\"-\" is not a JSON value"), ("[[1e]]", 1, 3, "\"1e\" is not a JSON value"),
        ("[[1,\n0x10]]", 2, 1, "\"0x10\" is not a JSON value"), ("[[tru]]", 1, 3, "\"tru\" is not a JSON value"),
        ("[[1]] [", 1, 7, "more JSON follows the document"), ("[[1]]]", 1, 6, "']' where a value should be"),
        ("[{\"a", 1, 5, "the body ends inside a string"), ("[{\"a\\", 1, 6, "the body ends inside a string"),
        ("[{\"a\nb\":1}]", 1, 5, "a string holds a line end"),
        ("[{\"\\x\":1}]", 1, 3, "\"\\x\" holds a backslash that escapes nothing"),
        ("[{\"\\ud800\":1}]", 1, 3, "\"\\ud800\" holds half of a surrogate pair"),
        // A pair that is whole, and what is wrong behind it.
        ("[{\"\\ud83d\\ude00\\x\":1}]", 1, 3, "\"\\ud83d\\ude00\\x\" holds a backslash that escapes nothing"),
        ("[{\"\\ud83d\\u12g4\":1}]", 1, 3, "\"\\ud83d\\u12g4\" holds a backslash that escapes nothing"),
        ("[{\"\\\\ud83d\\x\":1}]", 1, 3, "\"\\\\ud83d\\x\" holds a backslash that escapes nothing"),
        ("[{\"a\\ude00b\":1}]", 1, 3, "\"a\\ude00b\" holds half of a surrogate pair"),
        ("[{\"\\ud83d\\ud83d\":1}]", 1, 3, "\"\\ud83d\\ud83d\" holds half of a surrogate pair"),
        ("[{\"\\u12g4\":1}]", 1, 3, "\"\\u12g4\" holds a backslash that escapes nothing"),
    ])
    func mistakesNameLineAndByte(text: String, line: Int, column: Int, detail: String) {
        let error = decode(text, .json).error
        #expect(error?.code == .malformed)
        let place = error?.places.first
        #expect(place?.line == line && place?.column == column, "\(text)")
        #expect(place?.detail == detail)
        #expect(error?.detail.hasPrefix("line \(line), column \(column): \(detail). ") == true)
    }

    @Test func theOffsetCountsFromTheStartOfTheBody() {
        #expect(decode("[[1],\n[2],\n[x]]", .json).error?.places.first?.byte == 12)
    }

    @Test func nestingIsBounded() {
        let selected = decodingOptions { $0.columns = [.index(0)] }
        let deep = { (depth: Int) in
            "[[1,\(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))]]"
        }
        #expect(decode(deep(62), nil, selected).values == [1])
        let error = decode(deep(63), nil, selected).error
        #expect(error?.code == .malformed)
        #expect(error?.places.first?.detail == "brackets are nested more than 64 deep")
        #expect(decode(String(repeating: "[", count: 100_000)).error?.code == .malformed)
        #expect(decode(String(repeating: "{\"a\":", count: 100_000)).error?.code == .malformed)
    }

    @Test func brokenByteOrderMarksAreRefused() {
        #expect(decode([0xEF, 0xBB] + Array("[[1]]".utf8), .json).error?.code == .malformed)
        #expect(decode([0xEF] + Array("[[1]]".utf8), .json).error?.code == .malformed)
        #expect(decode([0xEF, 0xBB, 0xBF] + Array("[[1]]".utf8), .json).values == [1])
    }

    @Test(arguments: ["5", "\"points\"", "null", "true", "NaN"])
    func aSingleValueIsNoDocument(text: String) {
        #expect(decode(text, .json).error?.code == .unprocessable)
        #expect(decode(text, .ndjson).error?.code == .unprocessable)
    }
}
