import HTTPTypes
import Testing

@testable import HTTPServer

struct ResponseHeadEncoderTests {
    private func encode(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ plan: ResponsePlan
    ) -> String {
        var bytes: [UInt8] = []
        ResponseHeadEncoder(
            status: status, headers: headers, plan: plan, requestID: "id", date: octets("Sun, 06 Nov 1994 08:49:37 GMT")
        ).write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func plan(_ length: ResponseLength, minorVersion: Int = 1, mayKeep: Bool = true) -> ResponsePlan {
        ResponsePlan(status: 200, length: length, isHead: false, minorVersion: minorVersion, mayKeep: mayKeep)
    }

    @Test func writesAWholeHead() {
        #expect(
            encode(.ok, [.contentType: "text/plain", .eTag: "\"x\""], plan(.known(1205))) == """
                HTTP/1.1 200 OK\r
                Content-Type: text/plain\r
                ETag: "x"\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                X-Request-Id: id\r
                Content-Length: 1205\r
                \r

                """)
    }

    @Test func statesTheFramingAndTheConnection() {
        #expect(encode(.ok, [:], plan(.unknown)).contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(encode(.ok, [:], plan(.known(0), mayKeep: false)).contains("\r\nConnection: close\r\n"))
        #expect(encode(.ok, [:], plan(.known(0), minorVersion: 0)).contains("\r\nConnection: keep-alive\r\n"))
        #expect(encode(.ok, [:], plan(.known(0))).contains("\r\nContent-Length: 0\r\n"))
        #expect(!encode(.ok, [:], plan(.known(0))).contains("Connection"))
    }

    @Test func unknownStatusesHaveAnEmptyReason() {
        #expect(encode(HTTPResponse.Status(code: 299), [:], plan(.known(0))).hasPrefix("HTTP/1.1 299 \r\n"))
    }

    @Test(arguments: [0, 9, 10, 99, 1_000_000, Int.max]) func numbersAreDecimal(number: Int) {
        var bytes: [UInt8] = octets("x")
        ResponseHeadEncoder.append(number, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
    }
}
