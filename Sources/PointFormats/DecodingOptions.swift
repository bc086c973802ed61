/// How a ``PointDecoder`` reads a body: what the client said about it, and the bounds that protect the process.
public struct DecodingOptions: Sendable, Equatable {
    /// Whether the first CSV record holds the names of the columns.
    public var header: HeaderMode = .automatic
    /// The byte between two CSV cells; `nil` detects `,` `;` tab `|` or spaces.
    public var delimiter: UInt8?
    /// The columns that make a point, in this order; `nil` takes them all.
    ///
    /// What is left out may hold anything, such as text.
    public var columns: [ColumnSelector]?
    /// Columns to take by name, in this order, where ``columns`` is `nil` and the input names them all.
    ///
    /// An input without names, or with others, is taken whole: its ``PointSchema`` tells.
    public var preferredColumns: [String]?
    /// Columns to take by name, in this order, where ``columns`` is `nil` and the input names exactly these.
    public var defaultColumns: [String]?
    /// The names of the columns, that of the identifier among them, of the points that these continue; `nil` for points
    /// of their own.
    ///
    /// The first CSV record then names columns only when it holds all of these or a coordinate that is no number.
    public var continuedColumns: [String]?
    /// The column whose text identifies the row; the sink is given it as a ``RowIdentifiers`` beside the points.
    ///
    /// It makes no coordinate and may hold any text of up to ``RowIdentifiers/longest`` bytes.
    public var identifierColumn: ColumnSelector?
    /// The type the sink is given numbers in; each is the nearest one of that type to what the body says.
    public var numberType = NumberType.float32
    /// The most cells a row may have, `1...`.
    public var maximumColumns = 16_384
    /// The most bytes that may be held in memory when a format cannot be streamed, columns that lie one behind the
    /// other, and the decoder has no ``ScratchSource``.
    public var maximumBufferedBytes = 1 << 30
    /// The most bytes that what is packed inside a body, such as Arrow's buffers, may come to; `nil` for any number.
    public var maximumUnpackedBytes: Int?
    /// Says that the body came as `application/x-www-form-urlencoded`, as `curl -d` sends it.
    ///
    /// A single line without a line end is then suspected to be a file whose line ends `curl -d @file` took out.
    public var formEncodedHint = false

    /// Options that detect everything and take every column.
    public init() {}
}

/// Whether a CSV body starts with the names of its columns.
public enum HeaderMode: String, Sendable, CaseIterable {
    /// Compare the first record with those below it: names stand above numbers.
    case automatic
    /// The first record holds names.
    case present
    /// The first record is a point.
    case absent
}

/// One column of the input, by its name or its place.
public enum ColumnSelector: Sendable, Equatable {
    /// The column of this name; names are compared exactly.
    case name(String)
    /// The column at this 0-based index.
    ///
    /// Past the last column, a column whose name is this number is taken, such as the year 2024.
    case index(Int)

    /// Reads what a user wrote: digits alone are an index, all else is a name.
    public init(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let index = Int(text) {
            self = .index(index)
        } else {
            self = .name(text)
        }
    }
}
