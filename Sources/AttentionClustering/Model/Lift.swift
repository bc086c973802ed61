/// The map from points to the space where cluster centres sit at right angles: y = (W·(x − mean), 1).
///
/// W projects on the r leading principal directions and divides by each one's standard deviation, so that
/// E[yyᵀ] = I over the training points. Points are taken in the model's ``CoordinateFrame``.
public struct Lift: Sendable, Codable, Equatable {
    /// What is subtracted from a point, d numbers in frame coordinates.
    public let mean: [Double]
    /// The whitened directions, r×d; r = K − 1.
    public let directions: [[Double]]

    /// Directions with less than this share of the leading direction's variance count as noise of single precision.
    static let rankTolerance = 1e-6

    /// The number of coordinates of a lifted point, r + 1.
    public var dimension: Int { directions.count + 1 }

    /// −W·mean, so that W·(x − mean) = W·x + bias.
    var biases: [Double] { directions.map { row in -innerProduct(row, mean) } }
}
