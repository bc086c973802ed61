public import Foundation

/// Where webhooks wait beside their jobs: written with them, due with their end, gone with them.
///
/// A job is submitted with its ``NewJob/webhook`` in one transaction. When it ends, however it ends, its webhook is due in
/// the transaction that ends it, so that no crash can come between. A sender's life:
///
/// ```swift
/// for due in try await store.claimWebhooks(limit: 8, lease: .seconds(60)) {
///     let attempt = await post(due)
///     _ = try await store.recordWebhook(due.job, attempt)
/// }
/// ```
///
/// All calls throw ``JobStoreError``, and reads `CancellationError` when their task is cancelled.
public protocol WebhookStore: JobStore {
    /// The webhook of a job; nil when there is no such job or it has none.
    func webhook(of job: String) async throws -> Webhook?

    /// All webhooks by their jobs' ids.
    func webhooks() async throws -> [String: Webhook]

    /// When the next attempt is due; nil when none is.
    func nextWebhookAttempt() async throws -> Date?

    /// Takes webhooks that are due, the longest due first, and puts each off by `lease`, so that no other sender takes it
    /// and it is not lost with the sender that did.
    func claimWebhooks(limit: Int, lease: Duration) async throws -> [DueWebhook]

    /// Takes down what became of an attempt.
    ///
    /// - Returns: the webhook then; nil when the job is gone. One that is not pending stays as it is.
    func recordWebhook(_ job: String, _ attempt: WebhookAttempt) async throws -> Webhook?
}
