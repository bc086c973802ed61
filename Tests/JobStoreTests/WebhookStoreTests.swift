import Foundation
import Synchronization
import Testing

@testable import JobStore

/// Every driver keeps webhooks alike.
@Suite struct WebhookStoreTests {
    /// A driver with a clock that stands until it is moved.
    struct Driver: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let open: @Sendable (@escaping @Sendable () -> Date, String) throws -> any WebhookStore

        static let all = [
            Driver(testDescription: "memory") { now, _ in InMemoryJobStore(now: now) },
            Driver(testDescription: "sqlite") { now, path in try SQLiteJobStore(path: path, now: now) },
        ]
    }

    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
        var now: Date { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    private let clock = Clock()
    private let directory: TemporaryDirectory
    private let target = WebhookTarget(url: "https://example.com/hook", secret: "whsec_x")

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ driver: Driver) throws -> any WebhookStore {
        try driver.open({ [clock] in clock.now }, "\(directory.path)/jobs.sqlite")
    }

    private func submit(to store: any WebhookStore, hooked: Bool = true) async throws -> Job {
        let new = NewJob(
            datasetVersion: "v", parameters: "{}", retention: .seconds(3_600), webhook: hooked ? target : nil)
        guard case .accepted(let job) = try await store.submit(new) else { throw NotAccepted() }
        return job
    }

    private struct NotAccepted: Error {}

    private func claim(_ store: any WebhookStore) async throws -> Job {
        try #require(try await store.claimNext(worker: "w", lease: .seconds(60), room: .unlimited))
    }

    private func succeed(_ job: Job, in store: any WebhookStore) async throws {
        _ = try await store.succeed(
            job.id, attempt: job.attempt, startedAt: nil, chunks: [], summary: Data(), modelID: "mdl_\(job.id)",
            model: Data(), stopReason: "converged")
    }

    @Test(arguments: Driver.all)
    func aWebhookWaitsForTheEndOfItsJob(driver: Driver) async throws {
        let store = try open(driver)
        let job = try await submit(to: store)
        let plain = try await submit(to: store, hooked: false)
        #expect(try await store.webhook(of: job.id) == Webhook(target))
        #expect(try await store.webhook(of: plain.id) == nil)
        #expect(try await store.webhook(of: "job_none") == nil)
        #expect(try await store.nextWebhookAttempt() == nil)
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).isEmpty)
        #expect(try await store.webhooks() == [job.id: Webhook(target)])
    }

    /// Every way in which a job can end.
    enum End: CaseIterable {
        case success, failure, cancelWhileQueued, cancelWhileRunning, lost, releasedWhileCancelling
    }

    @Test(arguments: Driver.all, End.allCases)
    func aWebhookIsDueWithTheEndOfItsJob(driver: Driver, end: End) async throws {
        let store = try open(driver)
        var new = NewJob(datasetVersion: "v", parameters: "{}", maximumAttempts: 1, webhook: target)
        new.labels = [:]
        guard case .accepted(let accepted) = try await store.submit(new) else { throw NotAccepted() }
        clock.advance(5)
        if end == .cancelWhileQueued {
            _ = try await store.requestCancel(accepted.id)
        } else {
            let job = try await claim(store)
            clock.advance(5)
            switch end {
            case .success: try await succeed(job, in: store)
            case .failure: _ = try await store.fail(job.id, attempt: job.attempt, error: "{}")
            case .lost: _ = try await store.workerLost(job.id, attempt: job.attempt)
            case .cancelWhileRunning:
                _ = try await store.requestCancel(job.id)
                #expect(try await store.webhook(of: job.id)?.state == .waiting)
                _ = try await store.confirmCancelled(job.id, attempt: job.attempt)
            case .cancelWhileQueued, .releasedWhileCancelling:
                _ = try await store.requestCancel(job.id)
                _ = try await store.release(job.id, attempt: job.attempt)
            }
        }
        let webhook = try #require(try await store.webhook(of: accepted.id))
        #expect(webhook.state == .pending && webhook.dueAt == clock.now && webhook.nextAttemptAt == clock.now)
        let job = try #require(try await store.job(accepted.id))
        #expect(job.isDone && Webhook(target).current(for: job) == webhook)
        #expect(try await store.nextWebhookAttempt() == clock.now)
    }

    @Test(arguments: Driver.all)
    func aClaimedWebhookIsNobodyElsesUntilItsLeaseIsOver(driver: Driver) async throws {
        let store = try open(driver)
        for _ in 0..<3 {
            _ = try await submit(to: store)
            try await succeed(try await claim(store), in: store)
            clock.advance(1)
        }
        let first = try await store.claimWebhooks(limit: 2, lease: .seconds(60))
        let second = try await store.claimWebhooks(limit: 2, lease: .seconds(60))
        #expect(first.count == 2 && second.count == 1)
        #expect(first.allSatisfy { $0.webhook.target == target && $0.webhook.state == .pending })
        #expect(zip(first, first.dropFirst()).allSatisfy { ($0.webhook.dueAt ?? .now) < ($1.webhook.dueAt ?? .now) })
        #expect(try await store.claimWebhooks(limit: 2, lease: .seconds(60)).isEmpty)
        clock.advance(60)
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).count == 3)
    }

    @Test(arguments: Driver.all)
    func attemptsAreTakenDownUntilOneSucceeds(driver: Driver) async throws {
        let store = try open(driver)
        let job = try await submit(to: store)
        try await succeed(try await claim(store), in: store)
        let later = clock.now + 30
        let failed = try await store.recordWebhook(
            job.id, WebhookAttempt(status: 503, error: "answered 503", next: .retry(later)))
        #expect(failed?.state == .pending && failed?.attempts == 1 && failed?.nextAttemptAt == later)
        #expect(failed?.lastStatus == 503 && failed?.lastError == "answered 503")
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).isEmpty)
        clock.advance(30)
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).count == 1)
        let done = try await store.recordWebhook(job.id, WebhookAttempt(status: 200, error: nil, next: .delivered))
        #expect(done?.state == .delivered && done?.attempts == 2 && done?.deliveredAt == clock.now)
        #expect(done?.lastError == nil && done?.nextAttemptAt == nil)
        #expect(try await store.webhook(of: job.id) == done)
        let late = try await store.recordWebhook(job.id, WebhookAttempt(status: nil, error: "x", next: .giveUp))
        #expect(late == done, "what was delivered stays delivered")
        clock.advance(1_000)
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).isEmpty)
    }

    @Test(arguments: Driver.all)
    func oneThatIsGivenUpIsNotDueAgain(driver: Driver) async throws {
        let store = try open(driver)
        let job = try await submit(to: store)
        try await succeed(try await claim(store), in: store)
        let gone = try await store.recordWebhook(job.id, WebhookAttempt(status: 410, error: "gone", next: .giveUp))
        #expect(gone?.state == .failed && gone?.nextAttemptAt == nil && gone?.deliveredAt == nil)
        #expect(try await store.nextWebhookAttempt() == nil)
    }

    @Test(arguments: Driver.all, [WebhookAttempt.Next.delivered, .giveUp])
    func theSecretGoesWithTheLastAttempt(driver: Driver, end: WebhookAttempt.Next) async throws {
        let store = try open(driver)
        let job = try await submit(to: store)
        try await succeed(try await claim(store), in: store)
        let later = clock.now.addingTimeInterval(60)
        let retried = try await store.recordWebhook(
            job.id, WebhookAttempt(status: 503, error: "busy", next: .retry(later)))
        #expect(retried?.target == target)
        let ended = try await store.recordWebhook(job.id, WebhookAttempt(status: 200, error: nil, next: end))
        #expect(ended?.target == WebhookTarget(url: target.url, secret: ""))
        #expect(try await store.webhook(of: job.id) == ended)
    }

    @Test func theSecretIsNotLeftInTheFile() async throws {
        let path = "\(directory.path)/jobs.sqlite"
        let secret = "whsec_c29tZXRoaW5nIHRoYXQgbm9ib2R5IGtub3dz"
        func isInFile() throws -> Bool {
            try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(secret.utf8)) != nil
        }
        do {
            let store = try SQLiteJobStore(path: path)
            let webhook = WebhookTarget(url: target.url, secret: secret)
            _ = try await store.submit(NewJob(datasetVersion: "v", parameters: "{}", webhook: webhook))
            try store.close()
            #expect(try isInFile())
        }
        let store = try SQLiteJobStore(path: path)
        let job = try await claim(store)
        try await succeed(job, in: store)
        _ = try await store.recordWebhook(job.id, WebhookAttempt(status: 200, error: nil, next: .delivered))
        try store.close()
        #expect(try !isInFile())
    }

    @Test(arguments: Driver.all)
    func itGoesWithItsJob(driver: Driver) async throws {
        let store = try open(driver)
        let job = try await submit(to: store)
        try await succeed(try await claim(store), in: store)
        _ = try await store.delete(job.id)
        #expect(try await store.webhook(of: job.id) == nil)
        #expect(try await store.nextWebhookAttempt() == nil)
        let attempt = WebhookAttempt(status: 200, error: nil, next: .delivered)
        #expect(try await store.recordWebhook(job.id, attempt) == nil)

        let expiring = try await submit(to: store)
        try await succeed(try await claim(store), in: store)
        clock.advance(7_200)
        _ = try await store.expire()
        #expect(try await store.webhook(of: expiring.id) == nil)
        #expect(try await store.webhooks().isEmpty)
    }

    @Test func aWebhookOutlivesTheProcess() async throws {
        let driver = Driver.all[1]
        let job: Job
        do {
            let store = try open(driver)
            job = try await submit(to: store)
            try await succeed(try await claim(store), in: store)
        }
        let store = try open(driver)
        #expect(try await store.claimWebhooks(limit: 9, lease: .seconds(60)).map(\.job) == [job.id])
    }
}
