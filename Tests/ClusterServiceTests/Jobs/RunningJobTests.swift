import AttentionClustering
import Testing

@testable import ClusterService

@Suite struct RunningJobTests {
    @Test func itProceedsUntilItIsToldOtherwise() {
        let job = RunningJob(timeBudgetSeconds: nil)
        #expect(job.decide() == .proceed)
        job.give(.cancel)
        #expect(job.decide() == .cancel)
    }

    @Test func theFirstOrderCounts() {
        let job = RunningJob(timeBudgetSeconds: nil)
        job.give(.release)
        job.give(.cancel)
        #expect(job.order == .release)
    }

    @Test func aSpentBudgetFinishesAndAnOrderGoesBeforeIt() {
        let job = RunningJob(timeBudgetSeconds: 1e-9)
        #expect(job.decide() == .finish)
        job.give(.cancel)
        #expect(job.decide() == .cancel)
        #expect(RunningJob(timeBudgetSeconds: 1e300).decide() == .proceed)
    }

    @Test func whatEarlierAttemptsUsedOfTheBudgetIsUsed() {
        #expect(RunningJob(timeBudgetSeconds: 60, elapsed: .seconds(61)).decide() == .finish)
        #expect(RunningJob(timeBudgetSeconds: 60, elapsed: .seconds(30)).decide() == .proceed)
    }
}
