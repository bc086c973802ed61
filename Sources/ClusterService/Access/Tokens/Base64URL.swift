import Foundation

/// Base64 with the alphabet of URLs and no padding, one spelling for each sequence of bytes (RFC 7515, section 2).
enum Base64URL {
    /// The bytes; nil for anything but the one spelling.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { [0x2B, 0x2F, 0x3D, 0x0A, 0x0D, 0x20].contains($0) }) else { return nil }
        var standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        standard += String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: String(standard)) else { return nil }
        let bytes = Array(data)
        return encode(bytes).utf8.elementsEqual(text.utf8) ? bytes : nil
    }

    /// The spelling of bytes.
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
