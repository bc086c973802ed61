import AttentionClustering

/// Variance within clusters after one linear layer without parameters, beside its closed form.
enum InContextExperiment {
    private static let settings = [(dimension: 5, clusters: 2), (20, 2), (20, 5)]
    private static let noises = [0.1, 0.2, 0.3, 0.5, 0.7, 1.0]

    /// Kσ² + (d − K)σ²·(Kσ²/(1 + Kσ²))².
    static func closedForm(_ setting: PaperSetting) -> Double {
        let (k, d, square) = (Double(setting.clusterCount), Double(setting.dimension), setting.noise * setting.noise)
        let shrinkage = k * square / (1 + k * square)
        return k * square + (d - k) * square * shrinkage * shrinkage
    }

    static let overNoise = Reproduction.Experiment(name: "in-context") { runs in
        var series: [Figure.Series] = []
        var findings: [Finding] = []
        for (dimension, clusters) in settings {
            var (measured, expected, input) = ([(x: Double, y: Band)](), [(x: Double, y: Band)](), [Double]())
            var (ratios, distances) = ([Band](), [Band]())
            for noise in noises {
                let setting = PaperSetting(dimension: dimension, clusterCount: clusters, noise: noise)
                let found = try runs.map { seed in try quantized(setting, seed: seed) }
                let band = Band(found.map(\.variance))
                measured.append((x: noise, y: band))
                expected.append((x: noise, y: Band([closedForm(setting)])))
                input.append(noise * noise * Double(dimension))
                ratios.append(Band(found.map { $0.variance / closedForm(setting) }))
                if noise <= 0.3 { distances.append(Band(found.map(\.distance))) }
            }
            let worst = ratios.max { abs($0.mean - 1) < abs($1.mean - 1) } ?? Band([])
            let farthest = distances.max { $0.mean < $1.mean } ?? Band([])
            let name = "d=\(dimension), K=\(clusters)"
            series.append(Figure.Series(name: name, points: measured))
            series.append(Figure.Series(name: "\(name), closed form", points: expected, isReference: true))
            findings.append(
                Finding(
                    subject: "in-context: variance over closed form, \(name)", expected: "within 2% of 1",
                    found: worst.text, holds: abs(worst.mean - 1) < 0.02))
            findings.append(
                Finding(
                    subject: "in-context: E[T|z] from μ*, σ ≤ 0.3, \(name)", expected: "≤ 0.05",
                    found: farthest.text, holds: farthest.mean <= 0.05))
        }
        let figure = Figure(
            name: "in-context", title: "Variance within clusters after one linear layer, λ=1/(1+Kσ²)",
            xLabel: "noise level σ", yLabel: "variance", hasLogarithmicY: true, series: series)
        return (figure, findings)
    }

    /// E[‖T − E[T|z]‖²] and the largest ‖E[T|z] − μ*_z‖.
    private static func quantized(_ setting: PaperSetting, seed: UInt64) throws -> (variance: Double, distance: Double)
    {
        let sample = try setting.sample(seed: seed)
        let noise = Double(setting.clusterCount) * setting.noise * setting.noise
        let quantizer = try LinearQuantizer(
            sample.points, clusterCount: setting.clusterCount, inverseTemperature: .fixed(1 / (1 + noise)))
        let output = try quantizer.quantize(sample.points)
        let (d, k) = (setting.dimension, setting.clusterCount)
        var sums = [[Double]](repeating: [Double](repeating: 0, count: d), count: k)
        var sizes = [Double](repeating: 0, count: k)
        var squares = 0.0
        output.withUnsafeValues { values in
            for (row, label) in sample.labels.enumerated() {
                sizes[label] += 1
                for j in 0..<d {
                    let value = Double(values[row * d + j])
                    sums[label][j] += value
                    squares += value * value
                }
            }
        }
        // E‖T‖² − E‖E[T|z]‖²
        let means = (0..<k).map { label in sums[label].map { $0 / sizes[label] } }
        let between = (0..<k).reduce(0.0) { $0 + sizes[$1] * dot(means[$1], means[$1]) }
        let distance = (0..<k).map { squaredDistance(means[$0], sample.centroids[$0]).squareRoot() }.max() ?? 0
        return ((squares - between) / Double(setting.count), distance)
    }
}
