import Foundation

/// The head of an answer to a webhook: its status, and when to come again.
///
/// The rest of the answer is nobody's concern.
enum WebhookResponse {
    /// The most bytes that are looked at.
    static let headLimit = 16 << 10

    /// Reads a head, once it is whole; interim answers before it (RFC 9110, section 15.2) say nothing of the post.
    ///
    /// - Returns: nil while bytes are missing.
    static func answer(_ bytes: [UInt8], now: Date) -> WebhookAnswer? {
        var start = 0
        while let end = bytes[start...].indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) {
            let answer = answer(head: bytes[start..<end], now: now)
            // 101 is none of them: nobody asked to switch.
            guard case .status(let code, _) = answer, code < 200, code != 101 else { return answer }
            start = end + 4
        }
        return bytes.count >= headLimit ? .failure("answered with a head of more than 16 KiB") : nil
    }

    private static func answer(head: ArraySlice<UInt8>, now: Date) -> WebhookAnswer {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard lines[0].hasPrefix("HTTP/1."), status.count > 1, status[1].utf8.count == 3,
            status[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let code = Int(status[1]), code >= 100
        else { return .failure("answered with something that is not HTTP/1.1") }
        let fields = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
        let retry = fields.first { $0.count == 2 && $0[0].lowercased() == "retry-after" }
        return .status(code, retryAfter: retry.flatMap { seconds($0[1], now: now) })
    }

    /// The seconds of `Retry-After` (RFC 9110, section 10.2.3), at most a day.
    private static func seconds(_ value: String, now: Date) -> Double? {
        let text = value.trimmingCharacters(in: .whitespaces)
        if let seconds = UInt32(text), text.utf8.first != 0x2B { return min(Double(seconds), 86_400) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).map { min(max(0, $0.timeIntervalSince(now)), 86_400) }
    }
}
