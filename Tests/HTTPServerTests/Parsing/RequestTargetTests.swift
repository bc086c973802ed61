import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestTargetTests {
    private func target(_ text: String, method: HTTPRequest.Method = .get) throws(RequestError) -> RequestTarget {
        let bytes = octets(text)
        return try RequestTarget(bytes.span, method: method)
    }

    @Test func originFormIsPathAndQuery() throws {
        let plain = try target("/a//b/%2F?x=1?y")
        #expect(plain.path == "/a//b/%2F")
        #expect(plain.query == "x=1?y")
        #expect(plain.scheme == nil)
        #expect(try target("/").query == nil)
        #expect(try target("/?").query == "")
        #expect(try target("//evil/x").path == "//evil/x")
    }

    @Test func absoluteFormIsReducedToPathAndQuery() throws {
        #expect(try target("http://a.example:80/b?c").path == "/b")
        #expect(try target("HTTP://a.example/b?c").query == "c")
        #expect(try target("http://a.example").path == "/")
        #expect(try target("http://a.example?q").query == "q")
        #expect(try target("http://a.example", method: .options).path == "*")
        #expect(try target("https://a.example/").scheme == .https)
        #expect(try target("http://[::1]:8080/x").path == "/x")
    }

    @Test(arguments: [
        "", "a", "*", "#", "/a#b", "/a b", "/\u{7F}", "/\0", "/é", "ftp://a/", "http:///a", "http://", "http://u@a/",
        "http://a:x/", "http:/a", "a:80", "?q",
    ])
    func otherTargetsAreRefused(text: String) {
        #expect(throws: RequestError.self) { try target(text) }
    }

    @Test func theAsteriskIsForOptions() throws {
        #expect(try target("*", method: .options).path == "*")
    }

    @Test func aSchemeThatIsNotTheConnectionsIsMisdirected() {
        let stream = ParsedStream("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(stream.error == .misdirected)
    }
}

struct AuthorityTests {
    private func isValid(_ text: String) -> Bool {
        let bytes = octets(text)
        return Authority.isValid(bytes.span)
    }

    @Test(arguments: [
        "", "a", "example.org", "example.org:", "example.org:80", "a:65535", "127.0.0.1:8080", "[::1]", "[::1]:8080",
        "[2001:db8::1.2.3.4]", "[v1.a:b]", "a%41", "a_b", "xn--a", "a!$&'()*+,;=~",
    ])
    func validAuthorities(text: String) { #expect(isValid(text)) }

    @Test(arguments: [
        "a:65536", "a:99999999999999999999", "a:b", "a:+1", "a:1:2", "u@a", "a/b", "a?b", "a b", "[::1", "::1", "[]",
        "[::1]a", "[g::1]", "[1]", "a%4", "a%zz", "a\"", "a<", "a\\", "a^", "é", "[v1.]", "[v.a]", "[vg.a]", "[::1]:x",
    ])
    func invalidAuthorities(text: String) { #expect(!isValid(text)) }
}
