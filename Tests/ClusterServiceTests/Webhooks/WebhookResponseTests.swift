import Foundation
import Testing

@testable import ClusterService

@Suite struct WebhookResponseTests {
    private let now = Date(timeIntervalSince1970: 1_445_412_480)  // Wed, 21 Oct 2015 07:28:00 GMT

    private func answer(_ text: String) -> WebhookAnswer? { WebhookResponse.answer(Array(text.utf8), now: now) }

    @Test func interimAnswersSayNothing() {
        let early = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
        #expect(answer(early) == nil)
        #expect(answer(early + "HTTP/1.1 204 No Content\r\n\r\n") == .status(204, retryAfter: nil))
        #expect(
            answer("HTTP/1.1 100 Continue\r\n\r\n" + early + "HTTP/1.1 503 x\r\nRetry-After: 9\r\n\r\n")
                == .status(503, retryAfter: 9))
        #expect(answer("HTTP/1.1 101 Switching Protocols\r\n\r\n") == .status(101, retryAfter: nil))
        #expect(answer(String(repeating: early, count: 500)) == .failure("answered with a head of more than 16 KiB"))
    }

    @Test func theHeadSaysIt() {
        #expect(answer("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n") == .status(204, retryAfter: nil))
        #expect(answer("HTTP/1.0 503\r\nretry-after: 17\r\n\r\nbody") == .status(503, retryAfter: 17))
        #expect(
            answer("HTTP/1.1 429 x\r\nRetry-After: Wed, 21 Oct 2015 07:29:00 GMT\r\n\r\n")
                == .status(429, retryAfter: 60))
        #expect(answer("HTTP/1.1 429 x\r\nRetry-After: soon\r\n\r\n") == .status(429, retryAfter: nil))
    }

    @Test func ofHalfAHeadNothingIsKnown() {
        #expect(answer("HTTP/1.1 200 OK\r\nServer: x\r\n") == nil)
    }

    @Test(arguments: ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "\r\n\r\n"])
    func whatIsNotHTTPIsAFailure(text: String) {
        guard case .failure = answer(text) else {
            Issue.record("\(text) was taken for HTTP")
            return
        }
    }

    @Test func aHeadWithoutEndIsAFailure() {
        guard case .failure = answer("HTTP/1.1 200 OK\r\n" + String(repeating: "x", count: 16 << 10)) else {
            Issue.record("it was waited for")
            return
        }
    }
}
