/// What is wrong with a body that should hold points, where, and how to mend it.
public struct FormatError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is; a server turns this into a status.
    public enum Code: String, Sendable, CaseIterable {
        /// Not the announced format at all: broken JSON, quotes that never close, a cut-off `.npy` (HTTP 400).
        case malformed
        /// Well-formed, but no set of points: text among the numbers, rows of unequal length (HTTP 422).
        case unprocessable
        /// A format that is known but not read here (HTTP 415).
        case unsupported
        /// Beyond a bound of ``DecodingOptions`` (HTTP 413).
        case tooLarge
        /// There were no bytes, or only white space (HTTP 422).
        case empty
        /// There are names or brackets, but not one point (HTTP 422).
        case noRows
        /// One long line that `curl -d @file` made of many (HTTP 422).
        case lineEndsStripped
    }

    /// Where something is wrong.
    public struct Place: Sendable, Equatable {
        /// The physical line, counted from 1; `nil` for binary formats.
        public let line: Int?
        /// The cell of a CSV line or the element of a JSON row, counted from 1.
        ///
        /// For a JSON syntax error (code `malformed`) it is the byte in the line, counted from 1. A `.npy` counts as
        /// CSV does: the column of the array.
        public let column: Int?
        /// The index of the point, counted from 0 as in `assignments`; `nil` where there is no point.
        public let row: Int?
        /// The offset in the decoded body, counted from 0; `nil` for cells of CSV, which have a line and a column.
        public let byte: Int?
        /// The name of the column, where it has one.
        public let name: String?
        /// What is wrong there, in a sentence without a full stop.
        public let detail: String

        /// A place of which any part may be unknown.
        public init(
            line: Int? = nil, column: Int? = nil, row: Int? = nil, byte: Int? = nil, name: String? = nil, detail: String
        ) {
            self.line = line
            self.column = column
            self.row = row
            self.byte = byte
            self.name = name
            self.detail = detail
        }
    }

    /// The most places that one error carries.
    public static let maximumPlaces = 20

    /// What kind of mistake it is.
    public let code: Code
    /// What is wrong and how to mend it, in sentences for the person who sent the body.
    public let detail: String
    /// The places in question in the order of the body, at most ``maximumPlaces``.
    public let places: [Place]

    /// An error of a kind, in words, at any number of places.
    public init(code: Code, detail: String, places: [Place] = []) {
        self.code = code
        self.detail = detail
        self.places = Array(places.prefix(Self.maximumPlaces))
    }

    /// The same mistake with a sentence more.
    func adding(_ sentence: String) -> FormatError {
        FormatError(code: code, detail: "\(detail) \(sentence)", places: places)
    }

    /// The kind and the detail, for a log.
    public var description: String { "\(code.rawValue): \(detail)" }
}

extension FormatError {
    /// The error of a body without bytes.
    public static let empty = FormatError(
        code: .empty,
        detail: "empty body. Send the points, such as with: curl --data-binary @points.csv",
        places: [Place(line: 1, byte: 0, detail: "nothing but the end of the body")])

    /// The error of a body that describes points but holds none.
    public static let noRows = FormatError(
        code: .noRows, detail: "no rows: the body holds no point. Send at least one row of numbers.",
        places: [Place(line: 1, detail: "no point from here on")])

    /// The error of a file whose line ends were taken out on the way.
    public static let lineEndsStripped = FormatError(
        code: .lineEndsStripped,
        detail: "the body is one line, as if its line ends had been taken out; curl -d @file does that. "
            + "Use --data-binary @file instead of -d @file.",
        places: [Place(line: 1, byte: 0, detail: "no line end in the whole body")])
}
