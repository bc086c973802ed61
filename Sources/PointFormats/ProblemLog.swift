/// The mistakes found in rows: the first 20, from a stretch of 64 KiB behind the first of them.
///
/// The stretch is counted in bytes of the body, so that what is reported does not depend on how the body was cut.
struct ProblemLog: Sendable {
    /// How far behind the first mistake others are looked for, in bytes.
    private static let stretch = 65_536

    private(set) var places: [FormatError.Place] = []
    private var first = ""
    private var fix = ""
    private var firstByte: Int?

    /// Whether further mistakes would not be reported, so that a row full of them costs no sentences.
    var isFull: Bool { places.count >= FormatError.maximumPlaces }

    /// Whether nothing was wrong so far.
    var isEmpty: Bool { places.isEmpty }

    /// Remembers a mistake.
    ///
    /// - Parameters:
    ///   - label: the place as the format's users write it, in front of the detail; `nil` for line and column.
    ///   - fix: a sentence that says how to mend it; that of the first mistake is shown.
    mutating func note(_ place: FormatError.Place, label: String? = nil, fix: String) {
        if places.isEmpty {
            first = label.map { "\($0): \(place.detail)" } ?? place.located
            self.fix = fix
        }
        if !isFull { places.append(place) }
    }

    /// Throws what was found when the reader, behind a row that ends at `byte`, has looked far enough.
    mutating func check(at byte: Int) throws(FormatError) {
        if places.isEmpty { return }
        let firstByte = firstByte ?? byte
        self.firstByte = firstByte
        if isFull || byte - firstByte > Self.stretch { throw error }
    }

    /// Throws what was found, if anything.
    func checkAtEnd() throws(FormatError) {
        if !places.isEmpty { throw error }
    }

    private var error: FormatError {
        let others =
            switch places.count {
            case 1: ""
            case 2: " One more place is wrong."
            case FormatError.maximumPlaces: " \(places.count - 1) more places are wrong, perhaps others."
            default: " \(places.count - 1) more places are wrong."
            }
        return FormatError(code: .unprocessable, detail: "\(first). \(fix)\(others)", places: places)
    }
}

extension FormatError.Place {
    /// The detail behind the line, the column and the name, such as `line 3, column 2 ("y"): "abc" is not a number`.
    var located: String {
        var parts: [String] = []
        if let line { parts.append("line \(line)") } else if let row { parts.append("row \(row)") }
        if let column { parts.append("column \(column)" + (name.map { " (\(ErrorText.quoted($0)))" } ?? "")) }
        return parts.isEmpty ? detail : parts.joined(separator: ", ") + ": " + detail
    }
}
