/// Why data or options cannot be clustered, in a form that names the fix.
///
/// Every error is the caller's to mend: the library does not report its own failures through this type.
public struct ClusteringError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is.
    ///
    /// A struct and not an enum, so that new codes break no one's `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, as in Swift.
        public let description: String

        /// An option is outside its range, or does not go with the others.
        public static let invalidOption = Code(description: "invalidOption")
        /// There are fewer points than clusters.
        public static let tooFewPoints = Code(description: "tooFewPoints")
        /// Points have no coordinates.
        public static let noColumns = Code(description: "noColumns")
        /// A value is infinite or not a number.
        public static let nonFinite = Code(description: "nonFinite")
        /// Points have another dimension than the model.
        public static let dimensionMismatch = Code(description: "dimensionMismatch")
        /// A decoded model contradicts itself.
        public static let invalidModel = Code(description: "invalidModel")
    }

    /// What kind of mistake it is.
    public let code: Code
    /// The option at fault by its Swift name, such as `clusterCount`.
    public let option: String?
    /// The row of the point at fault, from 0.
    public let row: Int?
    /// The column of the value at fault, from 0.
    public let column: Int?
    /// What is wrong and how to mend it, a sentence or two.
    public let detail: String

    /// Describes a mistake.
    public init(_ code: Code, option: String? = nil, row: Int? = nil, column: Int? = nil, detail: String) {
        self.code = code
        self.option = option
        self.row = row
        self.column = column
        self.detail = detail
    }

    /// The detail.
    public var description: String { detail }
}
