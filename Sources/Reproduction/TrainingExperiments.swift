/// Distance between heads and centroids over the steps of training.
enum TrainingExperiments {
    static let all = [starts, noise, dimension, contextLength, inverseTemperature]

    private static let steps = 600

    private struct Run {
        let name: String
        let setting: PaperSetting
        var start = StartingPoint.sphere
        var regularization = 0.5
        var shareOfBest = 0.8
        /// What the final mean distance shall be, as text and as a test of it.
        let expected: String
        let holds: @Sendable ([Double], PaperSetting) -> Bool
    }

    /// Trained heads come to 0.6-1.4 times the statistical floor for σ ≤ 0.3 and to 2.5 times at σ = 1.
    private static func atFloor(_ setting: PaperSetting, times factor: Double = 2) -> (
        String, @Sendable ([Double], PaperSetting) -> Bool
    ) {
        (
            "≤ \(short(factor * setting.floor))",
            { finals, setting in Band(finals).mean <= factor * setting.floor }
        )
    }

    private static func experiment(
        _ name: String, _ title: String, _ make: @escaping @Sendable () -> [Run]
    ) -> Reproduction.Experiment {
        Reproduction.Experiment(name: name) { runs in
            var series: [Figure.Series] = []
            var findings: [Finding] = []
            for run in make() {
                let distances = try runs.distances(
                    run.setting, start: run.start, regularization: run.regularization, shareOfBest: run.shareOfBest,
                    steps: steps)
                series.append(Figure.Series(run.name, runs: distances))
                let finals = distances.compactMap(\.last)
                let band = Band(finals)
                findings.append(
                    Finding(
                        subject: "\(name): \(run.name)", expected: run.expected,
                        found: band.text,
                        holds: run.holds(finals, run.setting)))
            }
            let floor = make().first?.setting.floor ?? 0
            if Set(make().map(\.setting.floor)).count == 1 {
                series.append(Figure.Series("statistical floor", level: floor, from: 0, to: Double(steps)))
            }
            let figure = Figure(
                name: name, title: title, xLabel: "steps", yLabel: "distance to centroids", hasLogarithmicY: true,
                series: series)
            return (figure, findings)
        }
    }

    static let starts = experiment("starts", "Both starts, with and without regularisation (d=5, σ=0.3, L=30)") {
        let setting = PaperSetting()
        let (text, holds) = atFloor(setting)
        return [
            Run(
                name: "manifold, ρ=0", setting: setting, start: .manifold, regularization: 0, expected: text,
                holds: holds),
            Run(name: "manifold, ρ=0.5", setting: setting, start: .manifold, expected: text, holds: holds),
            Run(
                name: "sphere, ρ=0", setting: setting, regularization: 0, expected: "misses them: ≥ 0.18",
                holds: { finals, _ in Band(finals).mean >= 0.18 }),
            Run(name: "sphere, ρ=0.5", setting: setting, expected: text, holds: holds),
        ]
    }

    static let noise = experiment("noise", "Levels of noise σ (d=5, L=30, ρ=0.5)") {
        [0.1, 0.3, 0.5, 1.0].map { sigma in
            let setting = PaperSetting(noise: sigma)
            let (text, holds) = atFloor(setting, times: sigma > 0.3 ? 4 : 2)
            return Run(name: "σ=\(sigma)", setting: setting, expected: text, holds: holds)
        }
    }

    static let dimension = experiment("dimension", "Dimensions d (σ=0.3, L=30, ρ=0.5)") {
        [2, 5, 20, 50].map { d in
            let setting = PaperSetting(dimension: d)
            let (text, holds) = atFloor(setting)
            return Run(name: "d=\(d)", setting: setting, expected: text, holds: holds)
        }
    }

    static let contextLength = experiment("context-length", "Lengths of context L (d=5, σ=0.3, ρ=0.5)") {
        [5, 30, 100, 1_000].map { length in
            let setting = PaperSetting(contextLength: length)
            let (text, holds) = atFloor(setting)
            return Run(name: "L=\(length)", setting: setting, expected: text, holds: holds)
        }
    }

    /// For λ ≤ λ* the aligned heads are the minimiser; above they tilt out of the centroids' span.
    static let inverseTemperature = experiment("lambda", "Inverse temperature λ/λ* (d=5, σ=0.3, L=30, ρ=0.5)") {
        let setting = PaperSetting()
        let (text, holds) = atFloor(setting)
        return [
            Run(name: "λ=0.6λ*", setting: setting, shareOfBest: 0.6, expected: text, holds: holds),
            Run(name: "λ=0.8λ*", setting: setting, expected: text, holds: holds),
            Run(
                name: "λ=λ*", setting: setting, shareOfBest: 1, expected: "slower: ≤ 0.1",
                holds: { finals, _ in Band(finals).mean <= 0.1 }),
            Run(
                name: "λ=1.05λ*", setting: setting, shareOfBest: 1.05, expected: "tilts: about 0.10",
                holds: { finals, _ in (0.05...0.16).contains(Band(finals).mean) }),
            Run(
                name: "λ=1.1λ*", setting: setting, shareOfBest: 1.1, expected: "tilts: about 0.32",
                holds: { finals, _ in (0.26...0.38).contains(Band(finals).mean) }),
        ]
    }
}
