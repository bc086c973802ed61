import HTTPTypes
import Testing

@testable import HTTPServer

struct ChunkDecoderTests {
    private struct Outcome: Equatable {
        var content: [UInt8] = []
        var trailers: [String] = []
        var isComplete = false
        var rest: [UInt8] = []
        var isRefused = false
    }

    private func decode(_ text: String, limits: ServerLimits = ServerLimits()) -> Outcome {
        let bytes = octets(text)
        var decoder = ChunkDecoder(limits: limits)
        var outcome = Outcome()
        var position = 0
        var trailers = TrailerFields()
        do throws(RequestError) {
            while position < bytes.count && !decoder.isComplete {
                if let range = try decoder.decode(bytes.span, from: &position, &trailers) {
                    outcome.content += bytes[range]
                }
            }
        } catch {
            outcome.isRefused = true
        }
        outcome.isComplete = decoder.isComplete
        outcome.trailers = trailers.fields.map { "\($0.name.rawName)=\($0.value)" }
        outcome.rest = Array(bytes[position...])
        return outcome
    }

    @Test(arguments: [
        "5\r\nhello\r\n0\r\n\r\n", "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "0005\r\nhello\r\n000\r\n\r\n",
        "5;a\r\nhello\r\n0;b\r\n\r\n", "5;a=b;c=\"d;e f\"\r\nhello\r\n0\r\n\r\n", "5 ; a = b\r\nhello\r\n0\r\n\r\n",
        "5;a;b=\"\\\"\\\\\"\r\nhello\r\n0\r\n\r\n",
        "5\t;\ta\t=\t\"\u{e9}\t\" ; b\r\nhello\r\n0;c=d;e=\"\"\r\n\r\n",
        "5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n",
    ])
    func decodesChunksAndExtensions(text: String) {
        #expect(decode(text) == Outcome(content: octets("hello"), isComplete: true))
    }

    @Test func trailersAreReadButForThoseThatMustNotBeTrailers() {
        let fields =
            "X-Sum: 1\r\nY:\r\nx-sum:  2 \r\nHost: evil\r\nTransfer-Encoding: x\r\nAUTHORIZATION: y\r\nIf-Match: z\r\n"
        let outcome = decode("5\r\nhello\r\n0\r\n\(fields)\r\nGET")
        #expect(outcome.content == octets("hello") && outcome.isComplete && outcome.rest == octets("GET"))
        #expect(outcome.trailers == ["X-Sum=1", "Y=", "x-sum=2"])
    }

    @Test func thereAreNoMoreTrailerFieldsThanHeaderFields() {
        #expect(!decode("0\r\n\(String(repeating: "X: 1\r\n", count: 100))\r\n").isRefused)
        #expect(decode("0\r\n\(String(repeating: "X: 1\r\n", count: 101))\r\n").isRefused)
    }

    @Test func sizesAreHexadecimalInEitherCase() {
        let content = String(repeating: "x", count: 0xAB)
        #expect(decode("aB\r\n\(content)\r\n0\r\n\r\n").content == octets(content))
    }

    @Test func whatFollowsIsLeftAlone() {
        #expect(decode("0\r\n\r\nGET /").rest == octets("GET /"))
    }

    @Test(arguments: [
        "g", "", "0x5", "-5", "+5", " 5", "5 5", "5_0", "\u{FF15}", "5\0", "5 ", "5,", ";a", "fffffffffffffffff",
        "10000000000000005",
    ])
    func malformedSizesAreRefused(size: String) {
        #expect(decode("\(size)\r\nhello\r\n0\r\n\r\n").isRefused)
    }

    @Test(arguments: [
        ";", "; ", ";;a", ";a;", ";a=", ";a= ", ";=b", ";a b", ";a=b c", ";a=\"b", ";a=\"b\\\"", ";a=\"b\"c",
        ";a=\"b\"=", ";a=b=c",
        ";a(=b", ";a=@", ";a ", ";a=b ", ";a=\"b\" ", ";a=\"\u{7F}\"", ";a=\"\\\0\"", ";a\u{e9}",
    ])
    func malformedExtensionsAreRefused(extensions: String) {
        #expect(decode("5\(extensions)\r\nhello\r\n0\r\n\r\n").isRefused)
        #expect(decode("5\r\nhello\r\n0\(extensions)\r\n\r\n").isRefused)
    }

    @Test(arguments: [
        "5\r\nhello0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n", "5;a\nb\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
        "5\r\rhello\r\n0\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n", "5;a\0\r\nhello\r\n0\r\n\r\n",
    ])
    func onlyCRLFSeparates(text: String) {
        #expect(decode(text).isRefused)
    }

    @Test(arguments: ["X : 1", " X: 1", ": 1", "X", "X\n: 1", "X: a\0", "X: a\rb", "X(: 1"])
    func malformedTrailersAreRefused(line: String) {
        #expect(decode("0\r\n\(line)\r\n\r\n").isRefused)
    }

    @Test func extensionsAndTrailersAreLimited() {
        #expect(!decode("5;\(String(repeating: "a", count: 252))\r\nhello\r\n0\r\n\r\n").isRefused)
        #expect(decode("5;\(String(repeating: "a", count: 253))\r\nhello\r\n0\r\n\r\n").isRefused)
        #expect(decode("\(String(repeating: "0", count: 300))5\r\nhello\r\n0\r\n\r\n").isRefused)
        let field = "X: \(String(repeating: "v", count: 95))\r\n"
        #expect(!decode("0\r\n\(String(repeating: field, count: 81))\r\n").isRefused)
        #expect(decode("0\r\n\(String(repeating: field, count: 82))\r\n").isRefused)
    }

    @Test func theLargestSizeIsNotMistaken() {
        #expect(!decode("7fffffffffffffff\r\nhello").isRefused)
        #expect(decode("8000000000000000\r\nhello").isRefused)
    }
}
