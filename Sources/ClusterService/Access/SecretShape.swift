import Foundation

/// What looks like a secret, which is written nowhere, however it came there.
public enum SecretShape {
    /// Whether a key or a token is in a text: `ack_…_…`, or a signed JSON Web Token.
    ///
    /// Also where it is percent-encoded, in capitals or with dashes: whoever reads that has the key.
    ///
    /// - Complexity: O(n) for n bytes.
    public static func isIn(_ text: String) -> Bool {
        guard text.utf8.count >= shortest else { return false }
        let plain = text.contains("%") ? text.removingPercentEncoding ?? text : text
        // Nearly all texts are told by a look for so many digits, or these few letters.
        guard plain.contains("eyJ") || hasLongNumber(plain) else { return false }
        return plain.firstMatch(of: #/ack[_-][0-9a-f]{16}[_-][0-9a-f]{16}/#.ignoresCase()) != nil
            || plain.firstMatch(of: #/eyJ[\w-]+\.[\w-]+\.[\w-]*/#) != nil
    }

    private static let shortest = 10

    /// Whether 16 hexadecimal digits follow each other.
    private static func hasLongNumber(_ text: String) -> Bool {
        var run = 0
        for byte in text.utf8 {
            run = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) ? run + 1 : 0
            if run == 16 { return true }
        }
        return false
    }
}
