import Foundation
import JobStore
import Testing

@testable import ClusterService

@Suite struct WebhookLanesTests {
    /// Posts that are due to these hosts, in this order, made by a store, because only stores make them.
    private func posts(_ hosts: [String]) async throws -> [WebhookLanes.Post] {
        let store = InMemoryJobStore()
        var made: [(job: String, host: String)] = []
        for host in hosts {
            let target = WebhookTarget(url: "http://\(host)/", secret: "s")
            guard
                case .accepted(let job) = try await store.submit(
                    NewJob(datasetVersion: "v", parameters: "{}", webhook: target))
            else { continue }
            _ = try await store.requestCancel(job.id)
            made.append((job.id, host))
        }
        // Those that are due in the same millisecond come in no order.
        let due = try await store.claimWebhooks(limit: hosts.count, lease: .seconds(60))
        return made.compactMap { job, host in
            due.first { $0.job == job }.map { WebhookLanes.Post(due: $0, host: host) }
        }
    }

    @Test func oneHostHoldsUpOnlyItsOwn() async throws {
        var lanes = WebhookLanes()
        let slow = try await posts(Array(repeating: "slow", count: 20))
        for post in slow { lanes.add(post) }
        for post in try await posts(["a", "b"]) { lanes.add(post) }
        var begun: [WebhookLanes.Post] = []
        while let post = lanes.next() { begun.append(post) }
        #expect(begun.map(\.host) == Array(repeating: "slow", count: WebhookLanes.concurrencyOfHost) + ["a", "b"])
        lanes.end(begun[0], isAnswered: true)
        #expect(lanes.next() == slow[WebhookLanes.concurrencyOfHost] && lanes.next() == nil, "the longest due is next")
    }

    @Test func noMoreThanAllPlacesAreTaken() async throws {
        var lanes = WebhookLanes()
        for post in try await posts((0..<40).map { "host\($0)" }) { lanes.add(post) }
        var begun: [WebhookLanes.Post] = []
        while let post = lanes.next() { begun.append(post) }
        #expect(begun.count == WebhookLanes.concurrency && lanes.flyingCount == begun.count)
        lanes.clear()
        #expect(!lanes.isEmpty)
        for post in begun { lanes.end(post, isAnswered: true) }
        #expect(lanes.isEmpty && lanes.next() == nil && lanes.flyingCount == 0)
    }

    @Test func whatIsHereAlreadyIsNotTakenTwice() async throws {
        var lanes = WebhookLanes()
        let post = try #require(try await posts(["a"]).first)
        lanes.add(post)
        lanes.add(post)
        #expect(lanes.next() == post)
        lanes.add(post)
        #expect(lanes.next() == nil)
        lanes.end(post, isAnswered: true)
        lanes.add(post)
        #expect(lanes.next() == post)
    }

    @Test func beyondANumberNoMoreWaitForAHost() async throws {
        var lanes = WebhookLanes()
        let slow = Array(repeating: "slow", count: WebhookLanes.waitingForHost + 10)
        for post in try await posts(slow) { lanes.add(post) }
        var count = 0
        while let post = lanes.next() {
            count += 1
            lanes.end(post, isAnswered: true)
        }
        #expect(count == WebhookLanes.waitingForHost)
    }

    @Test func aHostThatDoesNotAnswerHasOnePlaceUntilItDoes() async throws {
        var lanes = WebhookLanes()
        for post in try await posts(Array(repeating: "silent", count: 12)) { lanes.add(post) }
        func begin() -> [WebhookLanes.Post] {
            var begun: [WebhookLanes.Post] = []
            while let post = lanes.next() { begun.append(post) }
            return begun
        }
        let first = begin()
        #expect(first.count == WebhookLanes.concurrencyOfHost)
        for post in first { lanes.end(post, isAnswered: false) }
        let second = begin()
        #expect(second.count == 1)
        for post in try await posts(["other", "other"]) { lanes.add(post) }
        #expect(begin().map(\.host) == ["other", "other"])
        lanes.end(second[0], isAnswered: true)
        #expect(begin().count == WebhookLanes.concurrencyOfHost)
    }
}
