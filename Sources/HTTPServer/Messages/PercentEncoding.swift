/// Why a percent-encoded text has no exact meaning.
enum PercentDecodingError: Error, CustomStringConvertible {
    case badEscape
    case invalidUTF8
    case nul

    var description: String {
        switch self {
        case .badEscape: "a '%' is not followed by two hexadecimal digits; write '%25' for a percent sign"
        case .invalidUTF8: "the decoded octets are not UTF-8"
        case .nul: "an encoded NUL is not allowed"
        }
    }
}

/// Percent-decoding that is exact: what it cannot decode it refuses, where Foundation passes NUL and guesses.
enum PercentEncoding {
    /// The text that a percent-encoded one stands for (RFC 3986, section 2.1).
    ///
    /// - Parameters:
    ///   - text: ASCII octets.
    ///   - plusIsSpace: Whether '+' means a space, as in the query of a form.
    /// - Complexity: O(n).
    static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) throws(PercentDecodingError) -> String {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = digit(text, &index), let low = digit(text, &index) else { throw .badEscape }
                octets.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                octets.append(UInt8(ascii: " "))
            default:
                octets.append(byte)
            }
        }
        if octets.contains(0) { throw .nul }
        guard let decoded = String(validating: octets, as: UTF8.self) else { throw .invalidUTF8 }
        return decoded
    }

    private static func digit(_ text: Substring.UTF8View, _ index: inout Substring.UTF8View.Index) -> UInt8? {
        guard index < text.endIndex, let value = ByteClass.hexadecimalDigit(text[index]) else { return nil }
        index = text.index(after: index)
        return value
    }
}
