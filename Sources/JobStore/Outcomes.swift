/// What became of a submission.
public enum Submission: Sendable, Equatable {
    /// A new job is in the queue.
    case accepted(Job)
    /// The idempotency key was used before with the same digest: this is the job it started, as it stands now.
    case replayed(Job)
    /// The idempotency key was used before with the same digest, and the job it started, of this id, has expired.
    case expired(String)
    /// The idempotency key was used before with another digest; nothing was stored.
    case conflict
    /// So many jobs wait that the submission's limit is reached; nothing was stored.
    case queueFull
    /// So many jobs of the tenant have not ended that its limit is reached; nothing was stored.
    case tenantFull
}

/// An attempt at a job, as a worker holds it.
public struct HeldAttempt: Sendable, Hashable {
    /// The job's id.
    public let job: String
    /// The number of the attempt.
    public let attempt: Int

    /// An attempt.
    public init(job: String, attempt: Int) {
        self.job = job
        self.attempt = attempt
    }
}

/// What a worker has room for.
public struct WorkerRoom: Sendable, Hashable {
    /// How many bytes of memory its process may still use.
    public let memory: Int
    /// Whether its process runs nothing: it then takes the next job whatever that needs, for it would never fit better.
    public let isIdle: Bool

    /// Room for jobs that need up to `memory` bytes.
    public init(memory: Int, isIdle: Bool) {
        self.memory = memory
        self.isIdle = isIdle
    }

    /// What is left when a job was taken.
    func after(_ job: Job) -> WorkerRoom {
        // A job that runs alone leaves nothing, not even for one that needs nothing.
        WorkerRoom(memory: job.runsAlone ? -1 : max(0, memory - job.memory), isIdle: false)
    }

    /// Room for everything.
    public static let unlimited = WorkerRoom(memory: .max, isIdle: true)
}

/// What became of a request to cancel.
public enum CancelOutcome: Sendable, Equatable {
    /// The job waited in the queue and is cancelled at once.
    case cancelled(Job)
    /// A worker holds the job and has been asked to stop.
    case cancelling(Job)
    /// The job had ended before; nothing changed.
    case alreadyFinished(Job)

    /// The job as it is now.
    public var job: Job {
        switch self {
        case .cancelled(let job), .cancelling(let job), .alreadyFinished(let job): job
        }
    }
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
    /// Ids of jobs removed with their results, in order of expiry.
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
