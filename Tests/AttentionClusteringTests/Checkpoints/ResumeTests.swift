import Testing

@testable import AttentionClustering

/// Fits that go on from a checkpoint end as fits that were never interrupted, whenever it was taken.
@Suite struct ResumeTests {
    private static func data(_ count: Int = 90) throws -> Points {
        try mixture([[4, 0, 1], [-3, 2, 0], [0, -3, -1]], sigma: 1.2, count: count, seed: 3).points
    }

    private static func options(_ solver: Solver, _ refinement: Refinement) -> FitOptions {
        var options = FitOptions()
        options.clusterCount = 3
        options.seed = 5
        options.solver = solver
        options.refinement = refinement
        options.maximumSteps = 40
        return options
    }

    /// Fits once, taking a checkpoint whenever one can be taken, and again from each of them.
    ///
    /// - Returns: how many checkpoints there were.
    @discardableResult
    private func expectResumable(_ fit: (FitControl) throws -> Clustering) throws -> Int {
        let made = Recorder<FitCheckpoint>()
        let whole = try fit(FitControl())
        let watched = try fit(FitControl(checkpoints: FitCheckpoints(isWanted: { true }, save: { made.append($0) })))
        expectEqual(watched, whole)
        for checkpoint in made.all {
            let stored = try FitCheckpoint(bytes: checkpoint.bytes)
            #expect(stored == checkpoint)
            let resumed = try fit(
                FitControl(checkpoints: FitCheckpoints(resume: stored, isWanted: { false }, save: { _ in })))
            expectEqual(resumed, whole)
        }
        return made.all.count
    }

    private func expectEqual(_ a: Clustering, _ b: Clustering) {
        DeterminismTests.expectSame(a, b)
        #expect(a.headObjectiveHistory.map(\.bitPattern) == b.headObjectiveHistory.map(\.bitPattern))
        #expect(a.iterations == b.iterations && a.stopReason == b.stopReason && a.sizes == b.sizes)
        #expect(a.candidates == b.candidates && a.selection == b.selection && a.warnings == b.warnings)
    }

    @Test(arguments: Solver.allCases, Refinement.allCases)
    func aFitGoesOnFromAnyCheckpoint(solver: Solver, refinement: Refinement) throws {
        let points = try Self.data()
        let options = Self.options(solver, refinement)
        let count = try expectResumable { try AttentionHeads.fit(points, options: options, control: $0) }
        #expect(count > (refinement == .none ? 2 : 10))
    }

    @Test(arguments: Initialization.allCases)
    func aFitGoesOnFromAnyStart(initialization: Initialization) throws {
        let points = try Self.data()
        var options = Self.options(.fixedPoint, .spherical)
        options.initialization = initialization
        try expectResumable { try AttentionHeads.fit(points, options: options, control: $0) }
    }

    @Test(arguments: [Refinement.spherical, .none])
    func aChoiceOfTheNumberOfClustersGoesOn(refinement: Refinement) throws {
        let points = try Self.data()
        var options = Self.options(.fixedPoint, refinement)
        options.clusterCountSelection = .automatic(maximum: 6)
        let count = try expectResumable { try AttentionHeads.fit(points, options: options, control: $0) }
        #expect(count > 5)
    }

    @Test func softmaxHeadsGoOn() throws {
        let points = try Self.data(40)
        var options = Self.options(.gradient, .none)
        options.attention = .softmax
        options.maximumSteps = 6
        try expectResumable { try AttentionHeads.fit(points, options: options, control: $0) }
    }

    @Test func aSampleGoesOnToAllRows() throws {
        let points = try Self.data(70_000)
        let options = Self.options(.fixedPoint, .spherical)
        let made = Recorder<FitCheckpoint>()
        let whole = try AttentionHeads.fit(
            points, options: options,
            control: FitControl(checkpoints: FitCheckpoints(isWanted: { true }, save: { made.append($0) })))
        for checkpoint in [made.all.first, made.all.last].compactMap(\.self) {
            let checkpoints = FitCheckpoints(resume: checkpoint, isWanted: { false }, save: { _ in })
            expectEqual(
                try AttentionHeads.fit(points, options: options, control: FitControl(checkpoints: checkpoints)), whole)
        }
    }

    @Test(arguments: [Refinement.none, .spherical, .automatic])
    func clusteringInContextGoesOn(refinement: Refinement) throws {
        let points = try Self.data()
        var options = InContextOptions()
        options.refinement = refinement
        let count = try expectResumable { try InContextClustering.fit(points, options: options, control: $0) }
        #expect(refinement == .none || count > 0)
    }

    @Test func steppedGradientsKeepTheirBest() throws {
        let points = try mixture([[40, 0], [0, 90]], sigma: 9, count: 60, seed: 2).points
        var options = Self.options(.gradient, .none)
        options.clusterCount = 2
        options.preprocessing = .none
        options.learningRate = 50
        try expectResumable { try AttentionHeads.fit(points, options: options, control: $0) }
    }
}
