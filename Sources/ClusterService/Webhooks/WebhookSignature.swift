import COpenSSL
import Foundation

/// The key of Standard Webhooks, and what it signs (https://www.standardwebhooks.com).
struct WebhookSignature: Sendable {
    private let key: [UInt8]

    /// Reads a secret: `whsec_` and 24 to 64 bytes in base64.
    ///
    /// - Returns: nil when it is none.
    init?(secret: String) {
        guard secret.hasPrefix("whsec_"), let key = Data(base64Encoded: String(secret.dropFirst(6))),
            (24...64).contains(key.count)
        else { return nil }
        self.key = Array(key)
    }

    /// The value of the field `webhook-signature`: HMAC-SHA256 over `id.timestamp.body` in base64.
    ///
    /// - Parameter timestamp: seconds since 1970.
    func field(id: String, timestamp: Int, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), key, Int32(key.count), signed, signed.count, &digest, &length)
        return "v1," + Data(digest.prefix(Int(length))).base64EncodedString()
    }
}
