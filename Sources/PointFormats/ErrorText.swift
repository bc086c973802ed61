/// Pieces of sentences for error messages, safe to show whatever bytes a body holds.
enum ErrorText {
    /// The longest excerpt of a body in a message, in characters.
    static let longestExcerpt = 40

    /// `text` in quotes, cut to a readable length, with control characters and broken UTF-8 replaced.
    static func quoted(_ text: some Collection<UInt8>) -> String {
        quoted(String(decoding: text.prefix(4 * longestExcerpt), as: UTF8.self), isCut: text.count > 4 * longestExcerpt)
    }

    /// `text` in quotes, cut to a readable length, with control characters replaced.
    static func quoted(_ text: String, isCut: Bool = false) -> String {
        let scalars = text.unicodeScalars
        var safe = String.UnicodeScalarView()
        for scalar in scalars.prefix(longestExcerpt) { safe.append(isShown(scalar) ? scalar : "\u{FFFD}") }
        let end = isCut || scalars.count > longestExcerpt ? "…" : ""
        return "\"\(String(safe))\(end)\""
    }

    /// Whether `scalar` can stand in a message: no control, format or line-separating character.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }

    /// A byte as a user would name it.
    static func byte(_ byte: UInt8) -> String {
        switch byte {
        case 0x09: "a tab"
        case 0x0A: "a line end"
        case 0x0D: "a carriage return"
        case 0x20: "a space"
        case 0x21...0x7E: "'\(Character(Unicode.Scalar(byte)))'"
        default: "byte 0x" + String(byte, radix: 16, uppercase: true)
        }
    }

    /// `count` of something, in the singular or the plural.
    static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    /// The first few of `names`, in quotes, and how many more there are.
    static func list(_ names: [String], limit: Int = 20) -> String {
        let shown = names.prefix(limit).map { quoted($0) }.joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
