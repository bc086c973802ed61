/// What looks like a secret, which is written nowhere, however it came there.
public enum SecretShape {
    /// Whether a key or a token is in a text: `ack_…_…`, or a signed JSON Web Token.
    ///
    /// - Complexity: O(n) for n bytes.
    public static func isIn(_ text: String) -> Bool {
        // Nearly all texts are told by a look for these few letters.
        let bytes = text.utf8
        guard bytes.count >= shortest, text.contains("ack_") || text.contains("eyJ") else { return false }
        return text.firstMatch(of: #/ack_[0-9A-Fa-f]{16}_[0-9A-Fa-f]{16}|eyJ[\w-]+\.[\w-]+\.[\w-]*/#) != nil
    }

    private static let shortest = 10
}
