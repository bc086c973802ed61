import Testing

@testable import ClusterService

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("[1 2]", 3), ("nope", 1), ("[\"\\x\"]", 3), ("01", 1), ("[-]", 2),
        ("1e", 2),
        ("\"a\nb\"", 2), ("{\"a\":1}x", 7), ("{\"a\":", 5), ("\"\\ud800\"", 3), ("1e999", 0),
    ])
    func theOffsetSaysWhereATextGoesWrong(text: String, offset: Int) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text.utf8) }
        do {
            _ = try JSONParser.parse(text.utf8)
        } catch {
            #expect(error.offset == offset, "\(error)")
        }
    }

    @Test func escapesAreUndone() throws {
        let text = #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#
        #expect(try JSONParser.parse(text.utf8) == .string("\"\\/\u{8}\u{C}\n\r\té😀"))
    }

    @Test func integersStayExact() throws {
        #expect(try JSONParser.parse("9223372036854775807".utf8) == .integer(.max))
        #expect(try JSONParser.parse("18446744073709551615".utf8) == .unsigned(.max))
        #expect(try JSONParser.parse("18446744073709551616".utf8) == .number(18_446_744_073_709_551_616))
        #expect(try JSONParser.parse("-1.5e-3".utf8) == .number(-0.0015))
    }

    @Test func membersGivenTwiceAreKeptInOrder() throws {
        let value = try JSONParser.parse(#"{"a":1,"a":2}"#.utf8)
        #expect(value == .object([.init(name: "a", value: .integer(1)), .init(name: "a", value: .integer(2))]))
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(deep.utf8) }
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONParser.parse(allowed.utf8) }
    }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }
}
