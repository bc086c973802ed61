import Testing

@testable import AttentionClustering
@testable import ClusterService

@Suite struct ProgressBoardTests {
    private let watch = JobWatch()

    private func progress(_ fraction: Double, _ phase: FitProgress.Phase = .refining) -> FitProgress {
        FitProgress(phase: phase, fraction: fraction, iteration: 3, objective: 1.5)
    }

    @Test func aJobIsOnTheBoardFromBeginToEnd() {
        let board = ProgressBoard(watch: watch)
        board.report("a", progress(0.5))
        #expect(board.entry("a") == nil)
        board.begin("a")
        board.report("a", progress(0.5))
        #expect(board.entry("a")?.fraction == 0.5 && board.entry("a")?.phase == .refining)
        #expect(board.entry("a")?.iteration == 3 && board.entry("a")?.objective == 1.5)
        board.end("a")
        #expect(board.entry("a") == nil)
    }

    @Test func theFractionNeverFalls() {
        let board = ProgressBoard(watch: watch)
        board.begin("a")
        for fraction in [0.2, 0.6, 0.4] { board.report("a", progress(fraction)) }
        #expect(board.entry("a")?.fraction == 0.6)
    }

    @Test func waitersAreToldAtMostTwiceASecond() {
        let board = ProgressBoard(watch: watch)
        board.begin("a")
        let version = board.entry("a")?.version
        for step in 0..<1_000 { board.report("a", progress(Double(step) / 1_000)) }
        #expect(board.entry("a")?.version == version)
        #expect(ProgressBoard.publishInterval >= .milliseconds(500))
    }

    @Test func theRestIsEstimatedFromThePaceSoFar() {
        let now = ContinuousClock.now
        var entry = ProgressBoard.Entry(startedAt: now, publishedAt: now)
        entry.fraction = 0.01
        #expect(entry.remainingSeconds(now: now + .seconds(10)) == nil)
        entry.fraction = 0.25
        #expect(entry.remainingSeconds(now: now + .seconds(10)) == 30)
    }
}
