/// The columns of decoded points.
public struct PointSchema: Sendable, Equatable {
    /// The names of the columns in the order of the coordinates; `nil` when the input named none.
    public let columns: [String]?
    /// The number of coordinates of a point, `d`.
    public let dimension: Int
    /// The name of the column that identifies the rows, `id` when the input named none; `nil` without such a column.
    public let identifier: String?

    /// Makes a schema from `dimension` and its names, of which there are `dimension` when there are any.
    public init(columns: [String]?, dimension: Int, identifier: String? = nil) {
        self.columns = columns
        self.dimension = dimension
        self.identifier = identifier
    }
}

/// What a ``PointDecoder`` found once the whole body was read.
public struct DecodedSummary: Sendable, Equatable {
    /// The format that was read, also when it had to be detected.
    public let format: PointFormat
    /// The names and the number of the coordinates.
    public let schema: PointSchema
    /// How many points the sink was given, `1...`.
    public let rows: Int
    /// What was read as it stands although it looks like a mistake, in sentences for the user.
    public let warnings: [String]
    /// Whether no number can have been rounded, as the types of the body's columns say; text has none.
    public let isExact: Bool
    /// Whether the one row may be a whole file whose line ends `curl -d @file` took out.
    ///
    /// Set for a form-encoded body of one line of numbers, which may also be one honest point. A caller that needs
    /// more than one point should answer with ``FormatError/lineEndsStripped``.
    public let suspectsStrippedLineEnds: Bool
}
