public import Foundation

/// One clustering job as the store knows it: who asked for what, where it stands, and how it ended.
///
/// Parameters and errors are JSON text that the store never looks into. All dates are whole milliseconds, so that a job
/// read back equals the job that was written.
public struct Job: Sendable, Equatable, Identifiable {
    /// `job_` and 26 characters that sort by time of creation.
    public let id: String
    /// Where the job stands.
    public var state: JobState
    /// Starts at 1 and grows by one with every stored change: an entity tag for pollers.
    public var revision: Int
    /// When the job was submitted.
    public let createdAt: Date
    /// When the current or last attempt began; nil while the job waits.
    public var startedAt: Date?
    /// When the job reached a terminal state; set exactly in terminal states.
    public var finishedAt: Date?
    /// When job, result and model are forgotten; nil before the end and for jobs kept for ever.
    public var expiresAt: Date?
    /// How long after its end the job is kept; nil for ever.
    public let retention: Duration?
    /// Name of the dataset; nil for data that came with the request.
    public let dataset: String?
    /// Entity tag of the dataset when the job was submitted.
    public let datasetETag: String?
    /// Opaque name of the stored content that the job reads.
    public let datasetVersion: String
    /// Free tags of the client.
    public let labels: [String: String]
    /// Every effective parameter, as the text of a JSON object.
    public let parameters: String
    /// How often the job was claimed: the number under which the worker that holds it writes.
    public var attempt: Int
    /// How many of these attempts do not count against ``maximumAttempts``: those that were handed back at a shutdown,
    /// and those before one that got further.
    public var releases: Int
    /// How many attempts may lose their worker before the job fails.
    public let maximumAttempts: Int
    /// Larger runs first; within a priority the tenants take turns, each in order of submission.
    public let priority: Int
    /// Whose job it is, for the fair order; empty where there is only one.
    public let tenant: String
    /// How many bytes of memory the job is expected to need; 0 where nobody knows.
    public let memory: Int
    /// When a job that lost its worker may be claimed again; nil when it may be at once.
    public var availableAt: Date?
    /// Until when the worker holds the job unless it renews; set exactly while one does.
    public var leaseExpiresAt: Date?
    /// When somebody first asked for the job to stop; nil when nobody did.
    public var cancelRequestedAt: Date?
    /// Name of the worker that holds the job; set exactly while one does.
    public var worker: String?
    /// Why a succeeded job stopped iterating, such as `converged`.
    public var stopReason: String?
    /// Why the job failed, as the text of a problem object (RFC 9457); set exactly in state `failed`.
    public var error: String?
    /// Id of the model; set exactly in state `succeeded`.
    public var model: String?
    /// `job`, or `cluster` for the one-shot call.
    public let kind: String
    /// The `traceparent` of the request that submitted it; nil where there was none.
    public let traceParent: String?

    /// A job with every field given.
    public init(
        id: String,
        state: JobState = .queued,
        revision: Int = 1,
        createdAt: Date,
        startedAt: Date? = nil,
        finishedAt: Date? = nil,
        expiresAt: Date? = nil,
        retention: Duration? = nil,
        dataset: String?,
        datasetETag: String? = nil,
        datasetVersion: String,
        labels: [String: String] = [:],
        parameters: String,
        attempt: Int = 0,
        releases: Int = 0,
        maximumAttempts: Int = NewJob.defaultAttempts,
        priority: Int = 0,
        tenant: String = "",
        memory: Int = 0,
        availableAt: Date? = nil,
        leaseExpiresAt: Date? = nil,
        cancelRequestedAt: Date? = nil,
        worker: String? = nil,
        stopReason: String? = nil,
        error: String? = nil,
        model: String? = nil,
        kind: String = "job",
        traceParent: String? = nil
    ) {
        self.id = id
        self.state = state
        self.revision = revision
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.expiresAt = expiresAt
        self.retention = retention
        self.dataset = dataset
        self.datasetETag = datasetETag
        self.datasetVersion = datasetVersion
        self.labels = labels
        self.parameters = parameters
        self.attempt = attempt
        self.releases = releases
        self.maximumAttempts = maximumAttempts
        self.priority = priority
        self.tenant = tenant
        self.memory = memory
        self.availableAt = availableAt
        self.leaseExpiresAt = leaseExpiresAt
        self.cancelRequestedAt = cancelRequestedAt
        self.worker = worker
        self.stopReason = stopReason
        self.error = error
        self.model = model
        self.kind = kind
        self.traceParent = traceParent
    }

    /// Whether the job has ended, one way or another.
    public var isDone: Bool { state.isTerminal }

    /// How many attempts in a row lost their worker without getting further.
    public var losses: Int { attempt - releases - (state.isHeld ? 1 : 0) }

    /// Whether the job has lost so many workers that it may be what ends them: it is given out only to a worker that
    /// holds nothing else, so that the next loss is its own and takes nobody with it.
    public var runsAlone: Bool { losses >= Self.lossesBeforeRunningAlone }

    /// From so many losses in a row on a job runs alone.
    static let lossesBeforeRunningAlone = 2
}
