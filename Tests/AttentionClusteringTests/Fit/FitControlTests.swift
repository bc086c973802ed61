import Testing

@testable import AttentionClustering

@Suite struct FitControlTests {
    static func data() throws -> Points {
        try mixture([[2, 0, 1], [-1, 2, 0], [0, -2, -1]], sigma: 1, count: 20_000, seed: 3).points
    }

    static func options() -> FitOptions {
        var options = FitOptions()
        options.clusterCount = 3
        return options
    }

    @Test(arguments: [1, 2])
    func progressNeverFallsAndPassesEveryPhase(threads: Int) throws {
        let reports = Recorder<FitProgress>()
        let control = FitControl(threads: threads, report: { reports.append($0) })
        _ = try AttentionHeads.fit(Self.data(), options: Self.options(), control: control)
        let all = reports.all
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.fraction <= $1.fraction })
        #expect(all.allSatisfy { (0...1).contains($0.fraction) })
        let phases = all.map(\.phase)
        #expect(FitProgress.Phase.allCases.allSatisfy(phases.contains))
        #expect(phases == phases.sorted { order($0) < order($1) })
        #expect(all.contains { $0.phase == .refining && $0.objective != nil && $0.iteration > 1 })
    }

    private func order(_ phase: FitProgress.Phase) -> Int { FitProgress.Phase.allCases.firstIndex(of: phase) ?? -1 }

    @Test(arguments: FitProgress.Phase.allCases)
    func cancellingInAnyPhaseThrows(phase: FitProgress.Phase) throws {
        let flag = Flag()
        let control = FitControl(
            decide: { flag.isSet ? .cancel : .proceed }, report: { if $0.phase == phase { flag.set() } })
        #expect(throws: CancellationError.self) {
            try AttentionHeads.fit(Self.data(), options: Self.options(), control: control)
        }
    }

    @Test(arguments: FitProgress.Phase.allCases, [2, 3, 6])
    func finishingInAnyPhaseGivesACompleteResult(phase: FitProgress.Phase, k: Int) throws {
        let flag = Flag()
        let control = FitControl(
            decide: { flag.isSet ? .finish : .proceed }, report: { if $0.phase == phase { flag.set() } })
        var options = Self.options()
        options.clusterCount = k
        let data = try Self.data()
        let clustering = try AttentionHeads.fit(data, options: options, control: control)
        #expect(clustering.stopReason == (phase == .assigning ? .converged : .timeBudget))
        #expect(clustering.sizes.reduce(0, +) == 20_000 && clustering.sizes.allSatisfy { $0 > 0 })
        #expect(try clustering.model.assign(data).labels == clustering.assignments)
    }

    @Test func howManySilhouettesWereAveragedIsSaid() throws {
        let large = try AttentionHeads.fit(Self.data(), options: Self.options())
        let points = try #require(large.metrics.silhouettePoints)
        #expect(points > 100 && points < 20_000)
        let small = try mixture([[2, 0, 1], [-1, 2, 0]], sigma: 1, count: 300, seed: 3).points
        var options = Self.options()
        options.clusterCount = 2
        #expect(try AttentionHeads.fit(small, options: options).metrics.silhouettePoints == 300)
        options.clusterCount = 1
        #expect(try AttentionHeads.fit(small, options: options).metrics.silhouettePoints == nil)
    }

    @Test func usingUpIterationsIsSaid() throws {
        var options = Self.options()
        options.maximumIterations = 1
        let clustering = try AttentionHeads.fit(Self.data(), options: options)
        #expect(clustering.stopReason == .maximumIterations)
        #expect(clustering.objectiveHistory.count == 1)
    }

    @Test func theLogLikelihoodNeverFalls() throws {
        for k in [2, 3, 8] {
            var options = Self.options()
            options.clusterCount = k
            options.refinement = .spherical
            let clustering = try AttentionHeads.fit(Self.data(), options: options)
            let history = clustering.objectiveHistory
            #expect(zip(history, history.dropFirst()).allSatisfy { $1 <= $0 + 1e-6 }, "\(history)")
            let mean = (clustering.metrics.logLikelihood ?? 0) / 20_000
            #expect(abs(mean + (history.last ?? 0)) < 1e-4)
        }
    }

    @Test func distancesAndInertiaAreThoseToTheReturnedCentroids() throws {
        let data = try Self.data()
        let clustering = try AttentionHeads.fit(data, options: Self.options())
        var inertia = 0.0
        for (index, row) in data.rows.enumerated() {
            let own = clustering.model.centroids[Int(clustering.assignments[index])]
            let square = squaredDistance(row.map(Double.init), own)
            inertia += square
            #expect(abs(square.squareRoot() - Double(clustering.distances[index])) < 1e-4)
        }
        #expect(abs(inertia - clustering.metrics.inertia) < 1e-5 * inertia)
    }
}
