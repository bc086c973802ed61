import Foundation
import JobStore
import Logging
import Testing

@testable import ClusterService

@Suite struct WebhookSenderTests {
    private let store = InMemoryJobStore()
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func sender(allowing blocks: String...) -> WebhookSender {
        WebhookSender(
            store: store, addresses: AddressGuard(allowed: blocks.compactMap(AddressBlock.init)),
            metrics: ServiceMetrics().work, logger: Logger(label: "test"), now: { Date() }
        ) { Array("{\"id\":\"\($0.id)\"}".utf8) }
    }

    /// A job that has ended, with a webhook.
    private func endedJob(_ url: String, _ sender: WebhookSender) async throws -> Job {
        let target = WebhookTarget(url: url, secret: Self.secret)
        guard
            case .accepted(let job) = try await store.submit(
                NewJob(datasetVersion: "v", parameters: "{}", webhook: target))
        else { throw WebhookReceiver.Unusable() }
        sender.add(target, of: job.id)
        _ = try await store.requestCancel(job.id)
        return try #require(try await store.job(job.id))
    }

    private func field(_ name: String, _ request: String) -> String? {
        let line = request.components(separatedBy: "\r\n").first { $0.hasPrefix(name + ": ") }
        return line.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test func theNewsArriveOnceAndSigned() async throws {
        let receiver = try WebhookReceiver("HTTP/1.1 204 No Content\r\n\r\n")
        defer { receiver.stop() }
        let sender = sender(allowing: "127.0.0.0/8")
        let job = try await endedJob("http://127.0.0.1:\(receiver.port)/hook?a=b", sender)
        #expect(sender.webhook(of: job)?.state == .pending)
        #expect(try await sender.sendDue() == 1)
        #expect(try await sender.sendDue() == 0)
        #expect(sender.webhook(of: job)?.state == .delivered)
        let request = try #require(receiver.requests.first)
        #expect(receiver.requests.count == 1)
        #expect(request.hasPrefix("POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:\(receiver.port)\r\n"))
        let body = "{\"id\":\"\(job.id)\"}"
        #expect(request.hasSuffix("\r\n\r\n" + body))
        let id = try #require(field("webhook-id", request))
        let timestamp = try #require(field("webhook-timestamp", request).flatMap(Int.init))
        #expect(id == "msg_\(job.id)_cancelled")
        #expect(abs(Double(timestamp) - Date().timeIntervalSince1970) < 60)
        let signature = try #require(WebhookSignature(secret: Self.secret))
        #expect(
            field("webhook-signature", request) == signature.field(id: id, timestamp: timestamp, body: Array(body.utf8))
        )
    }

    @Test func whatFailsIsToldAndTriedAgainUnderTheSameId() async throws {
        let receiver = try WebhookReceiver("HTTP/1.1 500 x\r\n\r\n", "HTTP/1.1 302 x\r\nLocation: /x\r\n\r\n")
        defer { receiver.stop() }
        let sender = sender(allowing: "127.0.0.1")
        let job = try await endedJob("http://127.0.0.1:\(receiver.port)/", sender)
        #expect(try await sender.sendDue() == 1)
        let webhook = try #require(sender.webhook(of: job))
        #expect(webhook.state == .pending && webhook.attempts == 1 && webhook.lastStatus == 500)
        #expect(try #require(webhook.nextAttemptAt) > Date())
        // As after the pause: due at once.
        _ = try await store.recordWebhook(job.id, WebhookAttempt(status: nil, error: nil, next: .retry(.distantPast)))
        #expect(try await sender.sendDue() == 1)
        #expect(sender.webhook(of: job)?.lastError == "answered 302, a redirect, which is not followed")
        #expect(Set(receiver.requests.compactMap { field("webhook-id", $0) }).count == 1)
    }

    @Test func anAddressThatIsNotAllowedIsNotCalled() async throws {
        let receiver = try WebhookReceiver("HTTP/1.1 200 OK\r\n\r\n")
        defer { receiver.stop() }
        let sender = sender()
        let job = try await endedJob("http://localhost:\(receiver.port)/", sender)
        #expect(try await sender.sendDue() == 1)
        #expect(try #require(sender.webhook(of: job)?.lastError).contains("may not be sent to"))
        #expect(receiver.requests.isEmpty)
        #expect(sender.fault("http://127.0.0.1/") != nil && sender.fault("http://2130706433/") != nil)
        #expect(sender.fault("http://localhost/") != nil && sender.fault("https://API.localhost.:8443/x") != nil)
        for fine in ["https://example.com/", "https://localhost.example.com/", "https://notlocalhost/"] {
            #expect(sender.fault(fine) == nil)
        }
        for allowed in ["127.0.0.1", "::1"] {
            #expect(self.sender(allowing: allowed).fault("http://localhost/") == nil)
        }
    }

    @Test(arguments: [("", "without an answer"), ("no HTTP\r\n\r\n", "not HTTP/1.1")])
    func whatAnswersNothingIsToldInWords(answer: String, words: String) async throws {
        let receiver = try WebhookReceiver(answer)
        defer { receiver.stop() }
        let sender = sender(allowing: "127.0.0.1")
        let job = try await endedJob("http://127.0.0.1:\(receiver.port)/", sender)
        _ = try await sender.sendDue()
        #expect(try #require(sender.webhook(of: job)?.lastError).contains(words))
    }

    @Test func nobodyListeningAndNoCertificateAreToldInWords() async throws {
        let receiver = try WebhookReceiver("HTTP/1.1 200 OK\r\n\r\n", isDeaf: true)
        let sender = sender(allowing: "127.0.0.1")
        let secure = try await endedJob("https://127.0.0.1:\(receiver.port)/", sender)
        _ = try await sender.sendDue()
        #expect(try #require(sender.webhook(of: secure)?.lastError).hasPrefix("TLS failed"))
        receiver.stop()
        let dead = try await endedJob("http://127.0.0.1:\(receiver.port)/", sender)
        _ = try await sender.sendDue()
        #expect(sender.webhook(of: dead)?.lastError == "does not connect: Connection refused")
    }
}
