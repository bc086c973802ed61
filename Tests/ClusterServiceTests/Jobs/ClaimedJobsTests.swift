import Foundation
import JobStore
import Testing

@testable import ClusterService

@Suite struct ClaimedJobsTests {
    private func jobs(_ numbers: Int...) -> [Job] {
        numbers.map { number in
            Job(
                id: "job_\(number)", state: .running, createdAt: Date(timeIntervalSince1970: 0), dataset: nil,
                datasetVersion: "v", parameters: "{}", attempt: 1)
        }
    }

    @Test func jobsBeginInTheOrderInWhichTheyCame() {
        let claimed = ClaimedJobs()
        #expect(claimed.begin() == nil)
        #expect(claimed.add(jobs(1, 2)).isEmpty)
        #expect(claimed.add(jobs(3)).isEmpty)
        #expect((0..<3).map { _ in claimed.begin()?.job.id } == ["job_1", "job_2", "job_3"])
        #expect(claimed.count == 0)
    }

    @Test func jobsBehindALongOneAreTakenAwayAndNoneLetIn() throws {
        let claimed = ClaimedJobs()
        _ = claimed.add(jobs(1, 2, 3))
        let first = try #require(claimed.begin())
        #expect(claimed.close(during: first.run).map(\.id) == ["job_2", "job_3"])
        #expect(claimed.add(jobs(4)).map(\.id) == ["job_4"])
        #expect(claimed.begin() == nil)
        #expect(claimed.add(jobs(5)).isEmpty)
    }

    @Test func aRunThatIsOverTakesNothingAway() throws {
        let claimed = ClaimedJobs()
        _ = claimed.add(jobs(1, 2, 3))
        let first = try #require(claimed.begin())
        _ = claimed.begin()
        #expect(claimed.close(during: first.run).isEmpty)
        #expect(claimed.count == 1)
    }

    @Test func oneRefillIsUnderWayAtATime() {
        let claimed = ClaimedJobs()
        #expect(claimed.beginRefill())
        #expect(!claimed.beginRefill())
        claimed.endRefill()
        #expect(claimed.beginRefill())
    }

    @Test func aWorkerThatIsIdleClosesNothing() throws {
        let claimed = ClaimedJobs()
        _ = claimed.add(jobs(1))
        let only = try #require(claimed.begin())
        #expect(claimed.begin() == nil)
        #expect(claimed.close(during: only.run).isEmpty)
        #expect(claimed.add(jobs(2)).isEmpty)
    }

    @Test func aWatchEndsAtARunThatGoesOn() {
        let claimed = ClaimedJobs()
        _ = claimed.add(jobs(1, 2))
        _ = claimed.begin()
        #expect(claimed.beginWatch())
        #expect(!claimed.beginWatch())
        #expect(claimed.watched(after: 0) == 1)
        _ = claimed.begin()
        #expect(claimed.watched(after: 1) == 2)
        #expect(claimed.watched(after: 2) == nil)
        #expect(claimed.beginWatch())
    }
}
