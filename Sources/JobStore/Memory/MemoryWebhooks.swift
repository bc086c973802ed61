public import Foundation
import Synchronization

extension MemoryTables {
    /// The webhook of a job as it is now: due from the moment the job ended.
    func webhook(of id: String) -> Webhook? {
        jobs[id].flatMap { webhooks[id]?.current(for: $0.job) }
    }

    private var pending: [DueWebhook] {
        webhooks.keys.compactMap { id in webhook(of: id).map { DueWebhook(job: id, webhook: $0) } }
            .filter { $0.webhook.state == .pending }
            .sorted { ($0.webhook.nextAttemptAt ?? .distantPast) < ($1.webhook.nextAttemptAt ?? .distantPast) }
    }

    var nextWebhookAttempt: Date? { pending.first?.webhook.nextAttemptAt }

    mutating func claimWebhooks(limit: Int, lease: Duration, at now: Date) -> [DueWebhook] {
        let due = pending.filter { ($0.webhook.nextAttemptAt ?? now) <= now }.prefix(limit).map { due in
            var webhook = due.webhook
            webhook.nextAttemptAt = now.advanced(by: lease)
            return DueWebhook(job: due.job, webhook: webhook)
        }
        for one in due { webhooks[one.job] = one.webhook }
        return due.sorted { ($0.webhook.dueAt ?? now, $0.job) < ($1.webhook.dueAt ?? now, $1.job) }
    }

    mutating func recordWebhook(_ id: String, _ attempt: WebhookAttempt, at now: Date) -> Webhook? {
        guard var webhook = webhook(of: id) else { return nil }
        webhook.record(attempt, at: now)
        webhooks[id] = webhook
        return webhook
    }
}

// The members' documentation is the protocol's; DocC shows it here too.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryJobStore: WebhookStore {
    public func webhook(of job: String) async throws -> Webhook? { tables.withLock { $0.webhook(of: job) } }

    public func webhooks() async throws -> [String: Webhook] {
        tables.withLock { tables in
            tables.webhooks.keys.reduce(into: [:]) { all, id in all[id] = tables.webhook(of: id) }
        }
    }

    public func nextWebhookAttempt() async throws -> Date? { tables.withLock { $0.nextWebhookAttempt } }

    public func claimWebhooks(limit: Int, lease: Duration) async throws -> [DueWebhook] {
        let now = now()
        return tables.withLock { $0.claimWebhooks(limit: limit, lease: lease, at: now) }
    }

    public func recordWebhook(_ job: String, _ attempt: WebhookAttempt) async throws -> Webhook? {
        let now = now()
        return tables.withLock { $0.recordWebhook(job, attempt, at: now) }
    }
}
