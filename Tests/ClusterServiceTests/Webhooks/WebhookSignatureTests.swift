import Testing

@testable import ClusterService

@Suite struct WebhookSignatureTests {
    /// The vector that the libraries of Standard Webhooks are tested with.
    @Test func thePublishedVectorIsSigned() throws {
        let signature = try #require(WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let field = signature.field(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(field == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all, is it?",
        "whsec_" + String(repeating: "QUFB", count: 22),
    ])
    func whatIsNoSecretIsRefused(secret: String) {
        #expect(WebhookSignature(secret: secret) == nil)
    }
}
