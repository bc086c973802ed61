import PointFormats
import Testing

@Suite struct JSONLinesTests {
    @Test(arguments: [
        "[1,2]\n[3,4]\n", "[1,2]\r\n\r\n[3,4]", " [1,2] [3,4] ", "[1,2][3,4]", "{\"x\":1,\"y\":2}\n{\"x\":3,\"y\":4}\n",
        "{\"x\":1,\"y\":2}\n{\"y\":4,\"x\":3}", "{ \"x\" : 1 ,\n \"y\" : 2 }\n{\"y\" :4, \"x\": 3}",
    ])
    func linesGiveTheSamePoints(text: String) {
        for format in [nil, PointFormat.ndjson] {
            let outcome = decode(text, format)
            #expect(outcome.values == [1, 2, 3, 4])
            #expect(outcome.summary?.format == .ndjson)
        }
    }

    @Test func theFirstObjectNamesTheColumns() {
        #expect(decode("{\"b\":1,\"a\":2}\n{\"a\":4,\"b\":3}\n").summary?.schema.columns == ["b", "a"])
        #expect(decode("{\"b\":1,\"a\":2}\n{\"a\":4,\"b\":3}\n").values == [1, 2, 3, 4])
    }

    @Test func oneLineIsOnePointWhenItIsSaidOrNamed() {
        #expect(decode("[1,2,3]", .ndjson).values == [1, 2, 3])
        #expect(decode("{\"x\":1,\"y\":2}").summary?.format == .ndjson)
    }

    @Test func namesCalledLikeMembersOfADocumentAreNames() {
        let outcome = decode("{\"data\":1,\"index\":2}\n{\"data\":3,\"index\":4}\n")
        #expect(outcome.summary?.schema.columns == ["data", "index"])
    }

    @Test func columnsAreChosen() {
        let chosen = decodingOptions { $0.columns = [.name("y"), .index(0)] }
        let text = "{\"x\":1,\"t\":\"a\",\"y\":2}\n{\"t\":[{\"}\":0}],\"y\":4,\"x\":3}\n{\"y\":6,\"x\":5}\n"
        #expect(decode(text, nil, chosen).values == [2, 1, 4, 3, 6, 5])
    }

    @Test func mistakesNameLineAndColumn() {
        let error = decode("{\"x\":1,\"y\":2}\n{\"x\":3,\"y\":\"4\"}\n\n{\"y\":null,\"x\":5}\n").error
        #expect(error?.code == .unprocessable)
        #expect(error?.places.map(\.line) == [2, 4])
        #expect(error?.places.map(\.column) == [2, 2])
        #expect(error?.places.map(\.name) == ["y", "y"])
        #expect(error?.detail.hasPrefix("line 2, column 2 (\"y\"): the number \"4\" is in quotes.") == true)
    }

    @Test(arguments: [
        ("{\"x\":3}", "the name \"y\" is missing"),
        ("{\"x\":1,\"z\":2}", "unknown name \"z\"; the first point has \"x\", \"y\""),
        ("{\"x\":1,\"y\":2,\"x\":3}", "the name \"x\" stands twice"), ("[1,2]", "an array among objects"),
        ("{}", "the name \"x\" is missing"), ("{\"x\":[1],\"y\":2}", "an array where a number should be"),
        ("{\"x\":1,\"y\":true}", "\"true\" is not a number"),
    ])
    func eachKindOfLineHasItsSentence(line: String, detail: String) {
        let error = decode("{\"x\":1,\"y\":2}\n\(line)\n{\"x\":1,\"y\":2}\n").error
        #expect(error?.places.first?.detail == detail)
        #expect(error?.places.first?.line == 2)
        #expect(error?.places.first?.row == 1)
    }

    @Test func mistakesOfTheFirstLineAreFoundToo() {
        #expect(decode("{\"x\":1,\"x\":2}\n").error?.places.first?.detail == "the name \"x\" stands twice")
        #expect(decode("{\"x\":1,\"y\":\"a\"}\n").error?.places.first?.name == "y")
        #expect(decode("{}\n{}\n", .ndjson).error?.places.first?.detail == "a point without numbers")
        #expect(decode("[]\n[]\n", .ndjson).error?.places.first?.detail == "a point without numbers")
        #expect(decode("[1]\n{\"x\":1}\n").error?.places.first?.detail == "an object among arrays")
        #expect(decode("[1,2]\n[3]\n").error?.places.first?.detail == "1 number instead of 2")
    }

    @Test func parametersAmongThePointsAreExplained() {
        let error = decode(#"{"k":3,"points":[[1,2]]}"#).error
        #expect(error?.code == .unprocessable)
        #expect(error?.detail.contains("parameters go into the query") == true)
    }

    @Test func chosenColumnsMayStandAloneInLaterLines() {
        let chosen = decodingOptions { $0.columns = [.name("b")] }
        #expect(decode("{\"a\":1,\"b\":2,\"c\":3}\n{\"b\":4}\n{\"c\":5,\"b\":6}\n", nil, chosen).values == [2, 4, 6])
        let error = decode("{\"a\":1,\"b\":2}\n{\"a\":4}\n", nil, chosen).error
        #expect(error?.places.first?.detail == "the name \"b\" is missing")
    }

    @Test func aRowFullOfMistakesCostsLittle() {
        let names = (0..<20_000).map { "\"n\($0)\":null" }.joined(separator: ",")
        #expect(decode("{\"x\":1}\n{\(names)}\n").error?.places.count == 20)
    }

    @Test func aLongNameIsRefused() {
        let name = String(repeating: "n", count: 5_000)
        #expect(decode("{\"\(name)\":1}").error?.places.first?.detail == "a name is longer than 4096 bytes")
        let kept = String(repeating: "n", count: 4_000)
        #expect(decode("{\"\(kept)\":1}").summary?.schema.columns == [kept])
    }
}
