import AttentionClustering
import Dispatch
import Synchronization

/// Runs of one experiment, one a seed, shared out among threads; the result depends on neither order nor threads.
struct TrainingRuns: Sendable {
    let seeds: Int
    let threads: Int

    func map<Result: Sendable>(_ run: @Sendable (UInt64) throws -> Result) throws -> [Result] {
        let next = Atomic<Int>(0)
        let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, seeds))) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < seeds else { return }
                let result = Swift.Result { try run(UInt64(index)) }
                results.withLock { $0[index] = result }
            }
        }
        return try (0..<seeds).compactMap { index in try results.withLock { $0[index] }?.get() }
    }

    /// The distance between heads and centroids at every tenth step up to `steps`, one array a seed.
    func distances(
        _ setting: PaperSetting, start: StartingPoint, regularization: Double, shareOfBest: Double, steps: Int
    ) throws -> [[Double]] {
        try map { seed in
            let sample = try setting.sample(seed: seed)
            let experiment = try HeadExperiment(sample.points)
            var options = FitOptions()
            options.clusterCount = setting.clusterCount
            options.seed = seed
            options.contextLength = setting.contextLength
            options.regularization = regularization
            options.maximumSteps = steps
            options.tolerance = 1e-7
            if shareOfBest != 0.8 {  // the automatic one is 0.8 of the best
                let best = try experiment.risk(
                    of: sample.centroids, contextLength: setting.contextLength, inverseTemperature: .automatic
                ).bestInverseTemperature
                options.inverseTemperature = .fixed(shareOfBest * best)
            }
            if start == .manifold { options.start = .manifold(sample.centroids) }
            var distances = [Double](repeating: .nan, count: steps / 10 + 1)
            let heads = try experiment.train(options) { step, heads in
                if step % 10 == 0 { distances[step / 10] = headDistance(heads, sample.centroids) }
            }
            let last = headDistance(heads, sample.centroids)
            return distances.map { $0.isNaN ? last : $0 }  // training had converged
        }
    }
}

/// Where the heads of a run start.
enum StartingPoint: Sendable {
    case manifold
    case sphere
}

extension Figure.Series {
    /// The band over runs at every tenth step.
    init(_ name: String, runs: [[Double]]) {
        let points = (runs.first ?? []).indices.map { index in
            (x: Double(10 * index), y: Band(runs.map { $0[index] }))
        }
        self.init(name: name, points: points)
    }

    /// A horizontal reference.
    init(_ name: String, level: Double, from: Double, to: Double) {
        self.init(
            name: name, points: [from, to].map { (x: $0, y: Band([level])) }, isReference: true)
    }
}
