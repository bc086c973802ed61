import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestParserLimitTests {
    private func status(_ text: String, limits: ServerLimits = ServerLimits()) -> Int? {
        ParsedStream(text, limits: limits).error?.problem.status.code
    }

    private func request(target: Int) -> String {
        "GET /\(String(repeating: "a", count: target)) HTTP/1.1\r\nHost: a\r\n\r\n"
    }

    @Test func aRequestLineMayBeAsLongAsTheLimitAndNoLonger() {
        // "GET /" and " HTTP/1.1" are 14 octets.
        #expect(ParsedStream(request(target: 8192 - 14)).only != nil)
        #expect(status(request(target: 8193 - 14)) == 414)
        #expect(status(request(target: 1 << 18)) == 414)
        #expect(status("GET /" + String(repeating: "a", count: 9000)) == 414)
    }

    @Test func aMethodWithoutEndIs501() {
        #expect(status(String(repeating: "M", count: 9000)) == 501)
        #expect(status(String(repeating: "M", count: 65) + " / HTTP/1.1\r\n") == 501)
        #expect(ParsedStream(String(repeating: "M", count: 64) + " / HTTP/1.1\r\nHost: a\r\n\r\n").only != nil)
    }

    @Test func aHeaderSectionMayBeAsLongAsTheLimitAndNoLonger() {
        func request(section: Int) -> String {
            // "Host: a\r\n" is 9 octets, "X: " and the line's end are 5.
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "v", count: section - 14))\r\n\r\n"
        }
        #expect(ParsedStream(request(section: 32 << 10)).only != nil)
        #expect(status(request(section: (32 << 10) + 1)) == 431)
        #expect(status("GET / HTTP/1.1\r\nX: " + String(repeating: "v", count: 40_000)) == 431)
    }

    @Test func thereMayBeAHundredFields() {
        func request(fields: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + (1..<fields).map { "X-\($0): v\r\n" }.joined() + "\r\n"
        }
        #expect(ParsedStream(request(fields: 100)).only != nil)
        #expect(status(request(fields: 101)) == 431)
    }

    @Test func aParserIsReadyForTheNextRequestWithFreshLimits() {
        var limits = ServerLimits()
        limits.headerSection = 20
        limits.headerFields = 1
        let one = "GET / HTTP/1.1\r\nHost: abcdefg\r\n\r\n"
        #expect(ParsedStream(String(repeating: one, count: 5), limits: limits).messages.count == 5)
    }

    @Test func timeIsLinearInAFieldThatComesOctetByOctet() {
        var parser = RequestParser(limits: ServerLimits())
        let text = octets("GET / HTTP/1.1\r\nX: " + String(repeating: "v", count: 30_000))
        let clock = ContinuousClock()
        let took = clock.measure {
            for byte in text {
                var position = 0
                _ = try? parser.parse([byte].span, from: &position)
            }
        }
        // A scan from the start for each octet would look at 450 million of them.
        #expect(took < .seconds(5))
    }
}
