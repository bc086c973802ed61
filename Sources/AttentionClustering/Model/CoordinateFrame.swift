/// Single-precision coordinates in which nothing overflows and little cancels: `((x − offset)·power)·scale`.
///
/// Offsets are medians that single precision holds exactly, so the difference of near values is exact; powers are
/// powers of two, so products with them are exact. `scale` is 1, or a power of two over the standard deviation.
public struct CoordinateFrame: Sendable, Codable, Equatable {
    /// What is subtracted from each column.
    public let offsets: [Float]
    /// The power of two that each column is multiplied with.
    public let powers: [Float]
    /// What each column is multiplied with last.
    public let scales: [Float]
    /// Whether distances are standardised: each column divided by its standard deviation.
    public let standardized: Bool
    /// What a length in the frame is multiplied with to be in data units, or in standard deviations if standardised.
    public let unit: Double

    /// Magnitudes are cut off here, so that squared distances of hundred thousand coordinates stay finite.
    static let limit: Float = 0x1p54
    /// The largest magnitude in training maps to about two to this power, which leaves most of the range to small
    /// distances: beside an outlier 2¹⁰⁰ away points are still told apart.
    static let trainingExponent = 46

    /// The coordinates of the data themselves.
    static func identity(dimension: Int) -> CoordinateFrame {
        let ones = [Float](repeating: 1, count: dimension)
        return CoordinateFrame(
            offsets: [Float](repeating: 0, count: dimension), powers: ones, scales: ones, standardized: false, unit: 1)
    }

    /// The frame in which coordinates are what the user sees: data units, or standard deviations if standardised.
    package var reported: CoordinateFrame {
        guard standardized else { return .identity(dimension: offsets.count) }
        return CoordinateFrame(
            offsets: offsets, powers: powers, scales: scales.map { $0 * Float(unit) }, standardized: true, unit: 1)
    }

    /// The data value of frame coordinate `value` in column `column`.
    package func dataValue(_ value: Double, column: Int) -> Double {
        let factor = Double(powers[column]) * Double(scales[column])
        return factor == 0 ? Double(offsets[column]) : Double(offsets[column]) + value / factor
    }

    /// The data values of frame coordinates, one a column.
    func dataValues(_ coordinates: [Double]) -> [Double] {
        coordinates.enumerated().map { dataValue($1, column: $0) }
    }

    /// The frame coordinate of data value `value` in column `column`.
    func coordinate(_ value: Double, column: Int) -> Double {
        (value - Double(offsets[column])) * Double(powers[column]) * Double(scales[column])
    }

    /// log |det| of the map from reported units to the frame, for densities.
    func logScale(dimension: Int) -> Double { -Double(dimension) * logarithm(unit) }
}
