public import Foundation

/// Where a client wants to be told of a job's end.
public struct WebhookTarget: Sendable, Equatable {
    /// The address that is posted to.
    public let url: String
    /// What the post is signed with; never shown, and empty once there will be no other post.
    public let secret: String

    /// A target.
    public init(url: String, secret: String) {
        self.url = url
        self.secret = secret
    }
}

/// How the news of a job's end is getting to its client.
public struct Webhook: Sendable, Equatable {
    /// Where the news stand.
    public enum State: String, Sendable, CaseIterable {
        /// The job has not ended.
        case waiting
        /// The job has ended and the post is due at ``Webhook/nextAttemptAt``.
        case pending
        /// A post was answered with success; there will be no other.
        case delivered
        /// There will be no further attempt.
        case failed
    }

    /// Where to; without the secret once there will be no other post.
    public internal(set) var target: WebhookTarget
    /// Where the news stand.
    public internal(set) var state = State.waiting
    /// How often a post was tried.
    public internal(set) var attempts = 0
    /// The status of the last answer; nil when there was none.
    public internal(set) var lastStatus: Int?
    /// Why the last attempt failed, in a sentence; nil when it did not.
    public internal(set) var lastError: String?
    /// When the job ended, from which attempts are counted; nil before.
    public internal(set) var dueAt: Date?
    /// When the next attempt is due; set exactly while ``State/pending``.
    public internal(set) var nextAttemptAt: Date?
    /// When a post was answered with success; set exactly when ``State/delivered``.
    public internal(set) var deliveredAt: Date?

    /// The news of a job that has just been submitted.
    public init(_ target: WebhookTarget) {
        self.target = target
    }
}

/// A webhook whose time has come.
public struct DueWebhook: Sendable, Equatable {
    /// The job that ended.
    public let job: String
    /// How the news stand.
    public let webhook: Webhook

    init(job: String, webhook: Webhook) {
        (self.job, self.webhook) = (job, webhook)
    }
}

/// What became of an attempt.
public struct WebhookAttempt: Sendable, Equatable {
    /// What is next.
    public enum Next: Sendable, Equatable {
        /// The client has been told.
        case delivered
        /// Another attempt, at this time.
        case retry(Date)
        /// Nothing: no attempt could succeed any more.
        case giveUp
    }

    /// The status of the answer; nil when there was none.
    public let status: Int?
    /// Why it failed; nil when it did not.
    public let error: String?
    /// What is next.
    public let next: Next

    /// An attempt.
    public init(status: Int?, error: String?, next: Next) {
        (self.status, self.error, self.next) = (status, error, next)
    }
}

extension Webhook {
    /// The webhook as it is beside its job: due from the moment the job ended.
    public func current(for job: Job) -> Webhook {
        guard state == .waiting, let end = job.finishedAt else { return self }
        var webhook = self
        (webhook.state, webhook.dueAt, webhook.nextAttemptAt) = (.pending, end, end)
        return webhook
    }

    /// Takes down an attempt; only a pending one changes.
    mutating func record(_ attempt: WebhookAttempt, at time: Date) {
        guard state == .pending else { return }
        attempts += 1
        (lastStatus, lastError) = (attempt.status, attempt.error)
        switch attempt.next {
        case .delivered: (state, nextAttemptAt, deliveredAt) = (.delivered, nil, time)
        case .retry(let time): nextAttemptAt = time.wholeMilliseconds
        case .giveUp: (state, nextAttemptAt) = (.failed, nil)
        }
        // Nothing is signed with it any more.
        if state != .pending { target = WebhookTarget(url: target.url, secret: "") }
    }
}
