import Testing

@testable import AttentionClustering
@testable import ClusterService

@Suite struct ProgressBoardTests {
    private let watch = JobFeed()

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

    @Test func aReportBeforeASilenceIsToldWhenItIsDue() async throws {
        let board = ProgressBoard(watch: watch)
        board.begin("a")
        let follower = watch.follow("a") { nil }
        guard case .snapshot(let first) = await follower.news(after: 0, until: .now + .seconds(30)) else { return }
        for _ in 0..<3 { board.report("a", progress(0.5)) }
        #expect(board.entry("a")?.version == 0)
        guard case .snapshot = await follower.news(after: first.sequence, until: .now + .seconds(30)) else {
            Issue.record("nobody was told")
            return
        }
        #expect(board.entry("a")?.version == 1 && board.entry("a")?.isPublishPending == false)
    }

    @Test func aJobThatGoesOnBeginsWhereItWas() {
        let board = ProgressBoard(watch: watch)
        board.begin("a", fraction: 0.4)
        board.report("a", progress(0.1))
        #expect(board.entry("a")?.fraction == 0.4)
    }
}
