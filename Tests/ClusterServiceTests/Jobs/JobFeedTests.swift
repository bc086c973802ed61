import Foundation
import JobStore
import Synchronization
import Testing

@testable import ClusterService

@Suite struct JobFeedTests {
    private let feed = JobFeed()
    private let loads = Counter()

    /// Counts, and names the next picture.
    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func next() -> Int {
            value.withLock {
                $0 += 1; return $0
            }
        }
    }

    private var load: JobFeed.Load {
        { [loads] in
            let job = Job(
                id: "a", state: .running, revision: loads.next(), createdAt: Date(timeIntervalSince1970: 0),
                dataset: nil, datasetVersion: "v", parameters: "{}")
            return JobView(job: job, progress: nil)
        }
    }

    private func snapshot(_ news: JobFeed.News) -> JobSnapshot? {
        if case .snapshot(let snapshot) = news { return snapshot }
        return nil
    }

    private var soon: ContinuousClock.Instant { .now + .seconds(30) }

    @Test func theFirstPictureComesAtOnce() async throws {
        let news = await feed.follow("a", load: load).news(after: 0, until: soon)
        #expect(snapshot(news)?.view?.job.revision == 1)
    }

    @Test func aChangeBetweenTwoQuestionsIsNotMissed() async throws {
        let follower = feed.follow("a", load: load)
        let first = try #require(snapshot(await follower.news(after: 0, until: soon)))
        for _ in 0..<5 { feed.notify("a") }
        let second = try #require(snapshot(await follower.news(after: first.sequence, until: soon)))
        #expect(second.sequence == first.sequence + 5, "several changes are one picture")
        #expect(loads.count == 2)
        #expect(snapshot(await follower.news(after: second.sequence, until: .now)) == nil)
    }

    @Test func manyFollowersShareOnePictureAChange() async throws {
        let followers = (0..<200).map { _ in feed.follow("a", load: load) }
        let first = try #require(snapshot(await followers[0].news(after: 0, until: soon)))
        let seen = await withTaskGroup(of: UInt64?.self) { group in
            for follower in followers {
                group.addTask { self.snapshot(await follower.news(after: first.sequence, until: self.soon))?.sequence }
            }
            while feed.waiterCount < followers.count { await Task.yield() }
            feed.notify("a")
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seen == [UInt64?](repeating: first.sequence + 1, count: 200))
        #expect(loads.count == 2)
    }

    @Test func otherJobsWakeNobody() async throws {
        let follower = feed.follow("a", load: load)
        let first = try #require(snapshot(await follower.news(after: 0, until: soon)))
        feed.notify("b")
        #expect(snapshot(await follower.news(after: first.sequence, until: .now + .milliseconds(60))) == nil)
    }

    @Test func aSlowFollowerGetsTheLatestAlone() async throws {
        let (slow, quick) = (feed.follow("a", load: load), feed.follow("a", load: load))
        var seen = try #require(snapshot(await slow.news(after: 0, until: soon))).sequence
        let old = seen
        for _ in 0..<20 {
            feed.notify("a")
            seen = try #require(snapshot(await quick.news(after: seen, until: soon))).sequence
        }
        #expect(snapshot(await slow.news(after: old, until: soon))?.sequence == seen)
        #expect(snapshot(await slow.news(after: seen, until: .now)) == nil)
    }

    @Test func waitingEndsWhenTheTaskIsCancelledAndLeavesNothingBehind() async throws {
        let follower = feed.follow("a", load: load)
        let first = try #require(snapshot(await follower.news(after: 0, until: soon)))
        let task = Task { snapshot(await follower.news(after: first.sequence, until: .now + .seconds(300))) == nil }
        while feed.waiterCount == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value)
        #expect(feed.waiterCount == 0)
    }

    @Test func aJobNobodyFollowsIsForgotten() async throws {
        do {
            let followers = (0..<3).map { _ in feed.follow("a", load: load) }
            for follower in followers { _ = await follower.news(after: 0, until: soon) }
            #expect(feed.channelCount == 1)
        }
        #expect(feed.channelCount == 0)
        feed.notify("a")
        #expect(loads.count == 1)
    }

    @Test func drainingEndsAllWaitingForGood() async throws {
        let follower = feed.follow("a", load: load)
        let first = try #require(snapshot(await follower.news(after: 0, until: soon)))
        async let news = follower.news(after: first.sequence, until: soon)
        while feed.waiterCount == 0 { await Task.yield() }
        feed.drain()
        #expect(snapshot(await news) == nil)
        #expect(snapshot(await follower.news(after: 0, until: soon)) == nil)
    }

    @Test func aStoreThatFailsIsToldToAllWhoWait() async {
        struct Broken: Error {}
        let follower = feed.follow("a") { throw Broken() }
        guard case .failure = await follower.news(after: 0, until: soon) else {
            Issue.record("the failure is not told")
            return
        }
    }

    @Test func whoWaitsForTheEndIsLeftAloneBefore() async throws {
        let follower = feed.follow("a", load: load)
        let first = try #require(snapshot(await follower.news(after: 0, until: soon)))
        async let end = follower.news(after: first.sequence, until: soon, isForEnd: true)
        while feed.waiterCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<3 { feed.notify("a", isEnd: false) }
        #expect(feed.waiterCount == 1 && loads.count == 1)
        feed.notify("a")
        #expect(snapshot(await end)?.sequence == first.sequence + 4)
        #expect(loads.count == 2)
    }

    @Test func aPictureAtHandIsNotLoaded() async throws {
        let job = Job(
            id: "a", state: .queued, createdAt: Date(timeIntervalSince1970: 0), dataset: nil, datasetVersion: "v",
            parameters: "{}")
        let follower = feed.follow("a") {
            JobView(job: job, progress: nil)
        } load: { [load] in
            try await load()
        }
        #expect(snapshot(await follower.news(after: 0, until: soon))?.view?.job == job)
        #expect(loads.count == 0)
    }
}
