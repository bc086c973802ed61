import Testing

@testable import ClusterService

@Suite struct JSONValueTests {
    @Test func objectsKeepTheOrderTheyWereWrittenIn() {
        let value = JSONValue.object(["b": .integer(1), "a": .array([.null, .bool(true)]), "c": .object([])])
        #expect(value.text == #"{"b":1,"a":[null,true],"c":{}}"#)
    }

    @Test(arguments: [
        (JSONValue.unsigned(.max), "18446744073709551615"), (.integer(.min), "-9223372036854775808"),
        (.number(0.1), "0.1"), (.float(0.1), "0.1"), (.string("a\"\\\n\u{1}é"), #""a\"\\\n\u0001é""#),
        (.string(""), "\"\""),
    ])
    func valuesAreWrittenAsJSON(value: JSONValue, text: String) {
        #expect(value.text == text)
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let value = JSONValue.object([
            "array": .array([.integer(-3), .unsigned(.max), .number(1.5), .bool(false), .null]),
            "object": .object(["text": .string("line\u{2028}break\t\u{1F600}")]),
        ])
        #expect(try JSONValue.parse(value.bytes) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "nul", "01", "+1", "1.", ".5", "'a'", "{a:1}", "[1] 2", "NaN", "\"\u{1}\"",
        "[1,,2]",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: (any Error).self) { try JSONValue.parse(text.utf8) }
    }

    @Test func aMemberIsFoundByName() {
        let value = JSONValue.object(["a": .integer(1)])
        #expect(value["a"] == .integer(1))
        #expect(value["b"] == nil)
        #expect(JSONValue.null["a"] == nil)
    }
}
