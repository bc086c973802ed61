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
        board.report("a", progress(0))
        let version = board.entry("a")?.version
        #expect(version == 1, "the first report is told at once")
        for step in 0..<1_000 { board.report("a", progress(Double(step) / 1_000)) }
        #expect(board.entry("a")?.version == version)
        board.endTraining("a")
        #expect(board.entry("a")?.version == 2, "so is the last")
        board.endTraining("a")
        #expect(board.entry("a")?.version == 2)
        #expect(ProgressBoard.publishInterval >= .milliseconds(500))
    }

    @Test func aReportBeforeASilenceIsToldWhenItIsDue() async throws {
        let board = ProgressBoard(watch: watch)
        board.begin("a")
        board.report("a", progress(0.4))
        let follower = watch.follow("a") { nil }
        guard case .snapshot(let first) = await follower.news(after: 0, until: .now + .seconds(30)) else { return }
        for _ in 0..<3 { board.report("a", progress(0.5)) }
        #expect(board.entry("a")?.version == 1)
        guard case .snapshot = await follower.news(after: first.sequence, until: .now + .seconds(30)) else {
            Issue.record("nobody was told")
            return
        }
        #expect(board.entry("a")?.version == 2 && board.entry("a")?.isPublishPending == false)
    }

    @Test func aJobThatGoesOnBeginsWhereItWas() {
        let board = ProgressBoard(watch: watch)
        board.begin("a", fraction: 0.4)
        board.report("a", progress(0.1))
        #expect(board.entry("a")?.fraction == 0.4)
    }

    @Test func aJobThatWentBackToTheQueueKeepsItsFraction() {
        let board = ProgressBoard(watch: watch)
        board.begin("a")
        board.report("a", progress(0.6))
        board.rest("a")
        #expect(board.entry("a") == nil && board.restingFraction("a") == 0.6)
        // It goes on with an older state than was shown.
        board.begin("a", fraction: 0.4)
        board.report("a", progress(0.5))
        #expect(board.entry("a")?.fraction == 0.6 && board.restingFraction("a") == 0)
        #expect(board.entry("a")?.reached == 0.5, "the time left is told by what is done")
        board.rest("b", at: 0.3)
        board.end("b")
        #expect(board.restingFraction("b") == 0)
    }

    @Test func oneTimerTellsOfAllJobsThatAreDue() async throws {
        let board = ProgressBoard(watch: watch)
        for job in ["a", "b", "c"] {
            board.begin(job)
            for fraction in [0.4, 0.5] { board.report(job, progress(fraction)) }
        }
        board.end("a")
        let end = ContinuousClock.now + .seconds(30)
        while ["b", "c"].contains(where: { board.entry($0)?.version == 1 }), .now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(board.entry("b")?.version == 2 && board.entry("c")?.version == 2)
        board.report("b", progress(0.6))
        while board.entry("b")?.version == 2, .now < end { try await Task.sleep(for: .milliseconds(20)) }
        #expect(board.entry("b")?.version == 3, "the timer is set again")
    }
}
