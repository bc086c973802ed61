import AttentionClustering

/// The risk of trained heads beside that of the optimal quantiser, over the noise.
enum RiskExperiment {
    private static let noises = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0]
    /// λ* beside its measured values for σ = 0.3, by context length.
    private static let measuredBest = [(5, 0.5535), (30, 0.7701), (1_000, 0.8425)]

    static let overNoise = Reproduction.Experiment(name: "risk") { runs in
        var lines: [String: [(x: Double, y: Band)]] = [:]
        let names = ["heads trained, L=30", "heads trained, L=1000", "true centroids, L=1000", "optimal quantiser"]
        var (closest, quantized, overQuantizer) = ([Band](), [Band](), [Band]())
        for noise in noises {
            let setting = PaperSetting(noise: noise)
            let found = try runs.map { seed in try risks(setting, seed: seed) }
            for (index, name) in names.enumerated() {
                lines[name, default: []].append((x: noise, y: Band(found.map { $0[index] })))
            }
            let dimension = Double(setting.dimension)
            if noise <= 0.3 {
                closest.append(Band(found.map { abs($0[1] / $0[2] - 1) }))
                overQuantizer.append(Band(found.map { $0[1] / $0[3] }))
            }
            quantized.append(Band(found.map { $0[3] / (noise * noise * dimension) }))
        }
        let series = names.map { name in
            Figure.Series(name: name, points: lines[name] ?? [], isReference: name == "optimal quantiser")
        }
        let figure = Figure(
            name: "risk", title: "Risk of the heads and of the optimal quantiser (d=5, K=2, λ=λ*)",
            xLabel: "noise level σ", yLabel: "risk", hasLogarithmicY: true, series: series)
        let none = Band([])
        let worst = closest.max { $0.mean < $1.mean } ?? none
        let least = quantized.min { $0.mean < $1.mean } ?? none
        let beside = overQuantizer.last ?? none
        var findings = [
            Finding(
                subject: "risk: trained heads beside true centroids, σ ≤ 0.3", expected: "within 2%",
                found: worst.text(times: 100, unit: "%"), holds: worst.mean <= 0.02),
            // As L → ∞ and at λ*, heads project on their span: (d − K)σ² beside the quantiser's dσ².
            Finding(
                subject: "risk: trained heads over optimal quantiser, σ=0.3, L=1000", expected: "(d-K)/d = 0.6, to 5%",
                found: beside.text, holds: abs(beside.mean / 0.6 - 1) < 0.05),
            Finding(
                subject: "risk: optimal quantiser's over dσ², least over σ", expected: "≤ 1, near 1 for small σ",
                found: least.text, holds: least.mean <= 1.01 && abs((quantized.first ?? none).mean - 1) < 0.02),
        ]
        findings += try best(runs)
        return (figure, findings)
    }

    /// Risks at the best λ: heads trained at L = 30 and 1,000, true centroids, optimal quantiser.
    private static func risks(_ setting: PaperSetting, seed: UInt64) throws -> [Double] {
        let sample = try setting.sample(seed: seed)
        let experiment = try HeadExperiment(sample.points)
        func best(_ heads: [[Double]], _ length: Int) throws -> Double {
            let reference = try experiment.risk(of: heads, contextLength: length, inverseTemperature: .automatic)
            return try experiment.risk(
                of: heads, contextLength: length, inverseTemperature: .fixed(reference.bestInverseTemperature)
            ).value
        }
        func trained(_ length: Int) throws -> Double {
            var options = FitOptions()
            options.seed = seed
            options.contextLength = length
            options.maximumSteps = 1_500
            return try best(try experiment.train(options) { _, _ in }, length)
        }
        return [
            try trained(30), try trained(1_000), try best(sample.centroids, 1_000),
            Quantizer(sample).risk,
        ]
    }

    private static func best(_ runs: TrainingRuns) throws -> [Finding] {
        try measuredBest.map { length, expected in
            let values = try runs.map { seed in
                let sample = try PaperSetting().sample(seed: seed)
                return try HeadExperiment(sample.points).risk(
                    of: sample.centroids, contextLength: length, inverseTemperature: .automatic
                ).bestInverseTemperature
            }
            let band = Band(values)
            return Finding(
                subject: "risk: λ* for σ=0.3, L=\(length)", expected: short(expected), found: band.text,
                holds: abs(band.mean - expected) < 0.01)
        }
    }
}

/// The optimal quantiser of a sample: centroids that are the means of the points nearest to them.
struct Quantizer: Sendable {
    /// The mean squared distance of a point to its nearest centroid.
    let risk: Double

    /// Lloyd's iterations from the true centroids.
    init(_ sample: PaperSetting.Sample) {
        let (n, d) = (sample.points.count, sample.points.dimension)
        var centroids = sample.centroids
        var (risk, last) = (Double.infinity, Double.infinity)
        repeat {
            last = risk
            var sums = [[Double]](repeating: [Double](repeating: 0, count: d), count: centroids.count)
            var sizes = [Double](repeating: 0, count: centroids.count)
            var total = 0.0
            sample.points.withUnsafeValues { values in
                for i in 0..<n {
                    var (nearest, least) = (0, Double.infinity)
                    for k in centroids.indices {
                        var square = 0.0
                        for j in 0..<d {
                            let difference = Double(values[i * d + j]) - centroids[k][j]
                            square += difference * difference
                        }
                        if square < least { (nearest, least) = (k, square) }
                    }
                    total += least
                    sizes[nearest] += 1
                    for j in 0..<d { sums[nearest][j] += Double(values[i * d + j]) }
                }
            }
            risk = total / Double(n)
            for k in centroids.indices where sizes[k] > 0 { centroids[k] = sums[k].map { $0 / sizes[k] } }
        } while last - risk > 1e-7 * risk
        self.risk = risk
    }
}
