import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestParserTests {
    private func head(_ text: String) throws -> RequestHead { try #require(ParsedStream(text).only).head }

    private func error(_ text: String, limits: ServerLimits = ServerLimits()) -> RequestError? {
        ParsedStream(text, limits: limits).error
    }

    private func status(_ text: String, limits: ServerLimits = ServerLimits()) -> Int? {
        error(text, limits: limits)?.problem.status.code
    }

    @Test func readsAnOrdinaryRequest() throws {
        let head = try head(RecordedMessages.curl)
        #expect(head.method == .get)
        #expect(head.path == "/v1/jobs/job_1")
        #expect(head.query == "page_size=10&label=a%20b")
        #expect(head.minorVersion == 1)
        #expect(head.keepsAlive)
        #expect(head.framing == .none)
        #expect(head.fields[.userAgent] == "curl/7.88.1")
    }

    @Test func keepsFieldsInOrderAndTheirOctets() throws {
        let stream =
            octets("GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-a:\t caf") + [0xC3, 0xA9, 0xFF]
            + octets(" \t\r\nX-B: 2\r\n\r\n")
        let head = try #require(ParsedStream(stream).only).head
        #expect(head.fields.map(\.name.rawName) == ["Host", "X-B", "x-a", "X-B"])
        let name = try #require(HTTPField.Name("X-A"))
        let value = head.fields[fields: name][0].withUnsafeBytesOfValue { Array($0) }
        #expect(value == octets("caf") + [0xC3, 0xA9, 0xFF])
    }

    @Test func acceptsEmptyValuesAndMissingWhitespace() throws {
        let head = try head("GET / HTTP/1.1\r\nHost:a\r\nX-Empty:\r\nX-Blank:   \r\n\r\n")
        #expect(head.fields.map(\.value) == ["a", "", ""])
    }

    @Test func anyLaterMinorVersionIsServedAsOne() throws {
        #expect(try head("GET / HTTP/1.2\r\nHost: a\r\n\r\n").minorVersion == 1)
        #expect(try head("GET / HTTP/1.0\r\n\r\n").minorVersion == 0)
    }

    @Test(arguments: ["HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/9.9"])
    func otherMajorVersionsAre505(version: String) {
        #expect(status("GET / \(version)\r\nHost: a\r\n\r\n") == 505)
    }

    @Test(arguments: [
        "http/1.1", "HTTP/1.1x", "HTTP/1,1", "HTTP/11", "HTTP/1.", "HTTP/.1", "HTTP/1.10", "HTTPS/1.1", "JUNK/1.1", "",
        "HTTP/1.\u{0661}",
    ])
    func malformedVersionsAre400(version: String) {
        #expect(status("GET / \(version)\r\nHost: a\r\n\r\n") == 400)
    }

    @Test(arguments: [
        "GET\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n", "GET\t/ HTTP/1.1\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\r\n\r\n", "\u{16}\u{03} / HTTP/1.1\r\n\r\n",
    ])
    func requestLinesThatAreNotThreeWordsAre400(text: String) {
        #expect(status(text) == 400)
    }

    @Test func leadingEmptyLinesAreIgnoredButNotForEver() throws {
        #expect(ParsedStream("\r\n\r\n" + RecordedMessages.curl).only != nil)
        #expect(status(String(repeating: "\r\n", count: 5)) == 400)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n", "\n",
    ])
    func aBareLineFeedIs400(text: String) {
        #expect(status(text) == 400)
    }

    @Test(arguments: [
        "X : 1", "X\t: 1", " X: 1", "\tX: 1", "NoColon", ": v", "X[]: 1", "X Y: 1", "X\u{80}: 1", "X\0: 1", "\"X\": 1",
        "X: a\0b", "X: a\rb", "X: a\u{7F}b", "X: a\u{1}b", "\u{B}X: 1", "",
    ])
    func malformedFieldLinesAre400(line: String) {
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\nY: 1\r\n\r\n"
        // An empty line ends the head instead.
        if line.isEmpty { #expect(ParsedStream(text).messages.count == 1) } else { #expect(status(text) == 400) }
    }

    @Test func hostIsRequiredOnceAndValid() {
        #expect(status("GET / HTTP/1.1\r\n\r\n") == 400)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400)
        #expect(status("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400)
        #expect(ParsedStream("GET / HTTP/1.0\r\n\r\n").only != nil)
        #expect(ParsedStream("GET / HTTP/1.1\r\nHost:\r\n\r\n").only != nil)
        for host in [
            "a b", "a/b", "http://a/", "a:http", "a:-1", "a:80:80", "u@a", "a<b", "a\"b", "a\\b", "[::1", "a\0b",
        ] {
            #expect(status("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == 400, "\(host)")
        }
    }

    @Test(arguments: [
        "+5", "-5", "0x5", "5a", "5 5", "5;", "", "5.0", "\"5\"", "1e1", "\u{0665}", "5,", "5, 5", "5, 6", "\u{FF15}",
    ])
    func aContentLengthThatIsNotDigitsIs400(value: String) {
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(value)\r\n\r\nhello") == 400)
    }

    @Test func contentLengthIsTakenOnceAndDoesNotWrap() {
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello") == 400)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n") == 413)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\n") == 413)
        let stream = ParsedStream("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n")
        #expect(stream.messages.first?.head.framing == .length(.max))
        #expect(
            ParsedStream("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello").only?.body == octets("hello")
        )
    }

    @Test(arguments: [
        ("chunked, gzip", 400), ("gzip", 400), ("identity", 400), ("xchunked", 400), ("nosuch, chunked", 501),
        ("chunked, chunked", 400), ("", 400), ("chunked,", 400), (",chunked", 400), ("chunked;a=b", 400),
        ("\"chunked\"", 400), ("c hunked", 400), ("\u{B}chunked", 400), ("chun\u{212A}ed", 400), ("chunked\0", 400),
    ])
    func otherTransferCodingsAreRefused(value: String, expected: Int) {
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(value)\r\n\r\n0\r\n\r\n") == expected)
    }

    @Test func smuggledFramingsAreRefused() {
        let chunked = "Transfer-Encoding: chunked\r\n"
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\n\(chunked)Content-Length: 5\r\n\r\n") == 400)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\(chunked)\r\n") == 400)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\n\(chunked)\(chunked)\r\n") == 400)
        #expect(status("POST / HTTP/1.0\r\nHost: a\r\n\(chunked)\r\n") == 400)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n") == 400)
    }

    @Test func connectionOptionsAreAListWithoutCase() throws {
        for value in ["close", "Close", "foo, CLOSE", "keep-alive,close", "close ,\tx"] {
            #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n").keepsAlive, "\(value)")
        }
        for value in ["closed", "foo", "\"close\"", "clo se"] {
            #expect(try head("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n").keepsAlive, "\(value)")
        }
        #expect(try !head("GET / HTTP/1.0\r\n\r\n").keepsAlive)
        #expect(try head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsAlive)
        #expect(try !head("GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n").keepsAlive)
    }

    @Test func expectationsOtherThanContinueAre417() throws {
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nExpect: nosuch\r\n\r\n") == 417)
        #expect(ParsedStream("GET / HTTP/1.0\r\nExpect: nosuch\r\n\r\n").only != nil)
        #expect(try head(RecordedMessages.chunked).expectsContinue)
        #expect(try !head("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na").expectsContinue)
    }

    @Test func requestIDsAreVisibleASCIIOfAtMost128() throws {
        func id(_ value: String) throws -> String? {
            try head("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(value)\r\n\r\n").requestID
        }
        #expect(try id("abc-1") == "abc-1")
        #expect(try id(String(repeating: "a", count: 128)) != nil)
        #expect(try id(String(repeating: "a", count: 129)) == nil)
        #expect(try id("a b") == nil)
        #expect(try id("é") == nil)
        #expect(try id("") == nil)
    }

    @Test func connectIsNotImplemented() {
        #expect(status("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n") == 501)
    }
}
