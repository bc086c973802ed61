/// The mean of some runs with the 95% confidence band of that mean.
struct Band: Sendable, Equatable {
    let mean: Double
    let low: Double
    let high: Double

    /// Two-sided 95% quantiles of Student's distribution with 1 to 30 degrees of freedom.
    private static let quantiles = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ]

    /// Mean and band as a table shows them.
    var text: String { text() }

    /// Mean and band as a table shows them, in units of 1/`factor`.
    func text(times factor: Double = 1, unit: String = "") -> String {
        "\(short(factor * mean))\(unit) [\(short(factor * low)), \(short(factor * high))]"
    }

    /// - Parameter values: one a run; NaN without any, and no width with one.
    init(_ values: [Double]) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        self.mean = mean
        guard values.count > 1 else {
            (low, high) = (mean, mean)
            return
        }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        let quantile = values.count - 1 <= Self.quantiles.count ? Self.quantiles[values.count - 2] : 1.96
        let half = quantile * (variance / n).squareRoot()
        (low, high) = (mean - half, mean + half)
    }
}
