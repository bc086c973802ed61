import PointFormats
import Testing

@Suite struct JSONErrorTests {
    @Test(arguments: [
        ("null", "null is not a finite number"), ("\"a\"", "\"a\" is not a number"),
        ("true", "\"true\" is not a number"),
        ("\"1.5\"", "the number \"1.5\" is in quotes"), ("NaN", "\"NaN\" is not a finite number"),
        ("-Infinity", "\"-Infinity\" is not a finite number"), ("1e39", "\"1e39\" is too large for a 32-bit number"),
        ("[1]", "an array where a number should be"), ("{\"a\":[]}", "an object where a number should be"),
    ])
    func whatIsNoNumberIsNamedWithItsPlace(value: String, detail: String) {
        let error = decode("[[1,2],\n[3,\(value)],\n[5,6]]").error
        #expect(error?.code == .unprocessable)
        #expect(error?.places == [.init(line: 2, column: 2, row: 1, byte: 11, detail: detail)])
        #expect(error?.detail.hasPrefix("[1][1] (line 2): \(detail). ") == true)
    }

    @Test func namesStandInThePlaces() {
        let error = decode(#"{"columns":["x","y"],"data":[[1,null]]}"#).error
        #expect(error?.places.first?.name == "y")
        #expect(error?.detail.hasPrefix("data[0][1] (line 1): null") == true)
        #expect(decode(#"[{"x":1,"y":null}]"#).error?.detail.hasPrefix("[0][\"y\"] (line 1): null") == true)
    }

    @Test func raggedRowsNameTheRowAndTheCounts() {
        let error = decode("[[1,2],[3],\n[4,5,6]]").error
        #expect(error?.places.map(\.row) == [1, 2])
        #expect(error?.places.map(\.line) == [1, 2])
        #expect(error?.places.map(\.detail) == ["1 number instead of 2", "3 numbers instead of 2"])
    }

    @Test func upToTwentyPlacesAreCollected() {
        let rows = Array(repeating: "[null]", count: 50).joined(separator: ",")
        #expect(decode("[\(rows)]").error?.places.count == 20)
        #expect(decode("[[1],[null],[2],[null]]").error?.places.map(\.row) == [1, 3])
    }

    @Test(arguments: [
        (#"{"points":[[1,2]],"colums":["x","y"]}"#, "unknown name \"colums\""),
        (#"{"points":[[1]],"points":[[2]]}"#, "\"points\" stands twice"),
        (#"{"points":[[1]],"data":[[2]]}"#, "both \"points\" and \"data\""),
        (#"{"points":[[1,2]],"columns":["x"]}"#, "\"columns\" has 1 name, but the points have 2 numbers"),
        (#"{"columns":[],"points":[[1]]}"#, "\"columns\" is empty"),
        (#"{"columns":[["x"]],"points":[[1]]}"#, "a column's name is no text"),
        (#"{"columns":"x","points":[[1]]}"#, "\"columns\" is no array"),
        (#"{"points":5}"#, "\"points\" is no array"),
        (#"{"columns":["x"],"points":[{"x":1}]}"#, "the points are objects although"),
        ("[[1],2]", "holds numbers where points should be"), ("[[1],null]", "point 1 is no array"),
    ])
    func documentsThatMakeNoSenseAreRefused(text: String, part: String) {
        let error = decode(text, .json).error
        #expect(error?.code == .unprocessable)
        #expect(error?.detail.contains(part) == true, "\(error?.detail ?? "accepted")")
    }

    @Test func namesThatAreNotUTF8AreRefused() {
        let body = Array(#"{"columns":["#.utf8) + [0x22, 0xE9, 0x22] + Array("],\"points\":[[1]]}".utf8)
        #expect(decode(body, .json).error?.detail.contains("not valid UTF-8") == true)
        #expect(decode([0x7B, 0x22, 0xE9] + Array("\":1}".utf8), .ndjson).error?.detail.contains("UTF-8") == true)
    }
}
