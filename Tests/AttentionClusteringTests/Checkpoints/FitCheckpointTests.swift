import Testing

@testable import AttentionClustering

@Suite struct FitCheckpointTests {
    private static func points() throws -> Points {
        try mixture([[4, 0], [-3, 2]], sigma: 1, count: 80, seed: 3).points
    }

    private static func checkpoints(_ options: FitOptions) throws -> [FitCheckpoint] {
        let made = Recorder<FitCheckpoint>()
        let control = FitControl(checkpoints: FitCheckpoints(isWanted: { true }, save: { made.append($0) }))
        _ = try AttentionHeads.fit(points(), options: options, control: control)
        return made.all
    }

    private func fit(_ options: FitOptions = FitOptions(), from checkpoint: FitCheckpoint?) throws -> Clustering {
        let checkpoints = FitCheckpoints(resume: checkpoint, isWanted: { false }, save: { _ in })
        return try AttentionHeads.fit(
            Self.points(), options: options, control: FitControl(checkpoints: checkpoints))
    }

    @Test func bytesCutShortAreRefused() throws {
        let checkpoint = try #require(try Self.checkpoints(FitOptions()).last)
        for count in 0..<min(400, checkpoint.bytes.count) {
            #expect(throws: FitCheckpointError.self) { try FitCheckpoint(bytes: Array(checkpoint.bytes.prefix(count))) }
        }
        #expect(throws: FitCheckpointError.self) { try FitCheckpoint(bytes: checkpoint.bytes + [0]) }
    }

    @Test func changedBytesAreRefusedOrOfTheSameShape() throws {
        // What the numbers say cannot be checked here; that none of it crashes can.
        let checkpoint = try #require(try Self.checkpoints(FitOptions()).last)
        var random = RandomSource(seed: 1, stream: 1)
        for _ in 0..<150 {
            var bytes = checkpoint.bytes
            bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
            guard let changed = try? FitCheckpoint(bytes: bytes) else { continue }
            _ = try? fit(from: changed)
        }
    }

    @Test func aCheckpointOfOtherOptionsIsIgnored() throws {
        var other = FitOptions()
        other.seed = 9
        other.clusterCount = 4
        let checkpoint = try #require(try Self.checkpoints(other).last)
        DeterminismTests.expectSame(try fit(from: checkpoint), try fit(from: nil))
    }

    @Test func aTimeThatIsOverKeepsWhatWasReached() throws {
        var options = FitOptions()
        options.clusterCount = 3
        let all = try Self.checkpoints(options)
        let last = try #require(all.last)
        let checkpoints = FitCheckpoints(resume: last, isWanted: { false }, save: { _ in })
        let control = FitControl(decide: { .finish }, checkpoints: checkpoints)
        let cut = try AttentionHeads.fit(Self.points(), options: options, control: control)
        #expect(cut.assignments == (try fit(options, from: nil)).assignments)
    }

    @Test func nothingIsSavedOnceTheFitIsToFinish() throws {
        let flag = Flag()
        let late = Recorder<Int>()
        let control = FitControl(
            decide: { flag.isSet ? .finish : .proceed }, report: { if $0.phase == .refining { flag.set() } },
            checkpoints: FitCheckpoints(isWanted: { true }, save: { _ in if flag.isSet { late.append(1) } }))
        _ = try AttentionHeads.fit(Self.points(), options: FitOptions(), control: control)
        #expect(flag.isSet && late.all.isEmpty)
    }

    @Test func aCheckpointAboveTheLimitIsNotMade() throws {
        let made = Recorder<Int>()
        let checkpoints = FitCheckpoints(maximumBytes: 8, isWanted: { true }, save: { _ in made.append(1) })
        _ = try AttentionHeads.fit(Self.points(), control: FitControl(checkpoints: checkpoints))
        #expect(made.all.isEmpty)
    }
}
