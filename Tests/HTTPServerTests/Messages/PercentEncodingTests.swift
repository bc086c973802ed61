import HTTPTypes
import Testing

@testable import HTTPServer

struct PercentEncodingTests {
    private func decode(_ text: String, plusIsSpace: Bool = false) throws(PercentDecodingError) -> String {
        try PercentEncoding.decode(Substring(text).utf8, plusIsSpace: plusIsSpace)
    }

    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("%C3%a9", "é"), ("%25", "%"), ("%2F", "/"), ("a+b", "a+b"),
        ("%F0%9F%98%80", "😀"), ("%2e%2E", ".."),
    ])
    func escapesAreOctetsOfUTF8(encoded: String, decoded: String) throws {
        #expect(try decode(encoded) == decoded)
    }

    @Test func plusIsASpaceWhereItIs() throws {
        #expect(try decode("a+b%2B", plusIsSpace: true) == "a b+")
    }

    @Test(arguments: ["%", "%2", "%zz", "a%", "%g0", "%0g", "%+1", "% 1", "%\u{FF11}1"])
    func badEscapesAreRefused(text: String) {
        #expect(throws: PercentDecodingError.badEscape) { try decode(text) }
    }

    @Test(arguments: ["%FF", "%C3", "%C0%AF", "%ED%A0%80", "%F5%80%80%80", "%80", "%E0%80%AF"])
    func octetsThatAreNotUTF8AreRefused(text: String) {
        #expect(throws: PercentDecodingError.invalidUTF8) { try decode(text) }
    }

    @Test func aNULIsRefused() {
        #expect(throws: PercentDecodingError.nul) { try decode("a%00b") }
    }
}

struct QueryParametersTests {
    @Test func pairsAreDecodedInOrder() throws {
        let query = try QueryParameters(query: "k=3&label=a%20b+c&&flag&empty=&k=4&x=1=2&%6B=5")
        #expect(query.items.map(\.name) == ["k", "label", "flag", "empty", "k", "x", "k"])
        #expect(query.items.map(\.value) == ["3", "a b c", "", "", "4", "1=2", "5"])
        #expect(query["k"] == "3")
        #expect(query.values(of: "k") == ["3", "4", "5"])
        #expect(query["K"] == nil)
        #expect(query["none"] == nil)
        #expect(try QueryParameters(query: "").items.isEmpty)
    }

    @Test func namesAreComparedOctetByOctet() throws {
        let composed = try QueryParameters(query: "%C3%A9=1")
        #expect(composed["\u{E9}"] == "1")
        #expect(composed["e\u{301}"] == nil)
    }

    @Test func whatCannotBeDecodedIsNamed() throws {
        let problem = try #require(throws: Problem.self) { try QueryParameters(query: "a=1&b=%zz&c=%FF") }
        #expect(problem.status == .badRequest)
        #expect(problem.errors.map(\.parameter) == ["b", "c"])
        #expect(problem.detail.contains("\"b\""))
    }
}
