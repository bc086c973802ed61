/// What became of a submission.
public enum Submission: Sendable, Equatable {
    /// A new job is in the queue.
    case accepted(Job)
    /// The idempotency key was used before with the same digest: this is the job it started, as it stands now.
    case replayed(Job)
    /// The idempotency key was used before with another digest; nothing was stored.
    case conflict
    /// So many jobs wait that the submission's limit is reached; nothing was stored.
    case queueFull
}

/// What became of a request to cancel.
public enum CancelOutcome: Sendable, Equatable {
    /// The job waited in the queue and is cancelled at once.
    case cancelled(Job)
    /// A worker holds the job and has been asked to stop.
    case cancelling(Job)
    /// The job had ended before; nothing changed.
    case alreadyFinished(Job)
}

/// What became of a request to delete a job.
public enum DeleteOutcome: Sendable, Hashable {
    /// Record, result and idempotency key are gone.
    case deleted
    /// There is no such job.
    case unknown
    /// The job has not ended: cancel it first; nothing changed.
    case stillActive
}

/// What recovery did with the jobs that a lost process held, by job id.
public struct RecoveryReport: Sendable, Equatable {
    /// Back in the queue.
    public var requeued: [String]
    /// Failed, because their attempts have run out.
    public var failed: [String]
    /// Cancelled, as had been asked before the process ended.
    public var cancelled: [String]
    /// How many chunks of unfinished results were dropped.
    public var droppedChunks: Int

    /// A report; empty unless told otherwise.
    public init(requeued: [String] = [], failed: [String] = [], cancelled: [String] = [], droppedChunks: Int = 0) {
        self.requeued = requeued
        self.failed = failed
        self.cancelled = cancelled
        self.droppedChunks = droppedChunks
    }
}

/// What expiry removed.
public struct ExpiryReport: Sendable, Equatable {
    /// Ids of jobs removed with their results, in order of submission.
    public var jobs: [String]
    /// Ids of models removed.
    public var models: [String]
    /// Versions of stored content that the removed jobs read and that no job needs any more.
    public var freedDatasetVersions: Set<String>

    /// A report; empty unless told otherwise.
    public init(jobs: [String] = [], models: [String] = [], freedDatasetVersions: Set<String> = []) {
        self.jobs = jobs
        self.models = models
        self.freedDatasetVersions = freedDatasetVersions
    }

    /// Adds what a further step removed.
    mutating func append(_ other: ExpiryReport) {
        jobs += other.jobs
        models += other.models
        freedDatasetVersions.formUnion(other.freedDatasetVersions)
    }
}
