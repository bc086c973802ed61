import Foundation
import JobStore
import Testing

@testable import ClusterService

@Suite struct RecentJobsTests {
    private func job(_ number: Int, revision: Int = 1) -> Job {
        Job(
            id: "job_\(number)", revision: revision, createdAt: Date(timeIntervalSince1970: 0), dataset: nil,
            datasetVersion: "v", parameters: "{}")
    }

    @Test func theNewestStateIsKeptWhateverTheOrder() {
        let recent = RecentJobs()
        recent.keep(job(1, revision: 2))
        recent.keep(job(1, revision: 1))
        #expect(recent.job("job_1")?.revision == 2)
        recent.keep(job(1, revision: 3))
        #expect(recent.job("job_1")?.revision == 3)
    }

    @Test func theOldestGoWhenThereAreTooMany() {
        let recent = RecentJobs(capacity: 10)
        for number in 0..<100 { recent.keep(job(number)) }
        #expect((0..<100).filter { recent.job("job_\($0)") != nil } == Array(90..<100))
    }

    @Test func aReadThatBeganBeforeADeletionIsNotKept() {
        let recent = RecentJobs()
        let moment = recent.moment
        recent.forget(["job_1"])
        recent.keep(job(1), readAt: moment)
        #expect(recent.job("job_1") == nil)
        recent.keep(job(1), readAt: recent.moment)
        #expect(recent.job("job_1") != nil)
    }

    @Test func theStoreAndItsMemoryAgree() async throws {
        let base = InMemoryJobStore()
        let store = CachedJobStore(base)
        _ = try await store.submit(NewJob(datasetVersion: "v", parameters: "{}", retention: .zero))
        let claimed = try #require(try await store.claimNext(worker: "w"))
        #expect(try await store.job(claimed.id) == base.job(claimed.id))
        _ = try await store.requestCancel(claimed.id)
        #expect(try await store.job(claimed.id)?.state == .cancelling)
        _ = try await store.recover()
        #expect(try await store.job(claimed.id)?.state == .cancelled)
        _ = try await store.expire()
        #expect(try await store.job(claimed.id) == nil)
    }
}
