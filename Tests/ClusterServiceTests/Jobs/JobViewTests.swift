import AttentionClustering
import Foundation
import JobStore
import Testing

@testable import ClusterService

@Suite struct JobViewTests {
    private func job(_ state: JobState, revision: Int = 1, error: String? = nil) -> Job {
        Job(
            id: "job_1", state: state, revision: revision, createdAt: Date(timeIntervalSince1970: 0), dataset: nil,
            datasetVersion: "v", labels: ["b": "2", "a": "1"], parameters: #"{"k":3}"#, error: error)
    }

    @Test(arguments: JobState.allCases)
    func doneIsTrueExactlyAtTheEnd(state: JobState) {
        #expect(JobView(job: job(state), progress: nil).json["done"] == .bool(state.isTerminal))
    }

    @Test func theEntityTagChangesWithTheJobAndItsProgress() {
        let now = ContinuousClock.now
        var progress = ProgressBoard.Entry(startedAt: now)
        let views = [
            JobView(job: job(.running), progress: nil), JobView(job: job(.running, revision: 2), progress: nil),
        ]
        progress.version = 1
        let tags = views.map(\.entityTag) + [JobView(job: job(.running), progress: progress).entityTag]
        #expect(Set(tags).count == 3)
        #expect(JobView(job: job(.running), progress: nil).entityTagText == "\"\(tags[0])\"")
    }

    @Test func storedTextBecomesPartOfTheObject() {
        let json = JobView(job: job(.failed, error: #"{"status":410}"#), progress: nil).json
        #expect(json["params"]?["k"] == .integer(3))
        #expect(json["error"]?["status"] == .integer(410))
        #expect(json["labels"]?.text == #"{"a":"1","b":"2"}"#)
        #expect(json["created_at"] == .string("1970-01-01T00:00:00.000Z"))
    }

    @Test func progressIsRoundedDownAndComplete() {
        let now = ContinuousClock.now
        var progress = ProgressBoard.Entry(startedAt: now)
        progress.fraction = 0.99999
        let json = JobView(job: job(.running), progress: progress).json["progress"]
        #expect(json?["fraction"] == .number(0.999))
        #expect(JobView(job: job(.succeeded), progress: nil).json["progress"]?["fraction"] == .number(1))
        #expect(JobView(job: job(.queued), progress: nil).json["progress"]?["phase"] == .string("queued"))
    }

    @Test func aJobThatWaitsToGoOnShowsHowFarItWas() {
        let view = JobView(job: job(.queued), progress: nil, restingFraction: 0.4567)
        #expect(view.json["progress"]?["fraction"] == .number(0.456))
        #expect(view.json["progress"]?["phase"] == .string("queued"))
    }
}
