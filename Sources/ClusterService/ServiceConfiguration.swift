public import HTTPServer
public import Logging

/// How the service is set up.
public struct ServiceConfiguration: Sendable {
    /// The directory that holds datasets, jobs and results; made when it is missing.
    public var dataDirectory: String
    /// How many jobs run at the same time, at least 1.
    public var workers: Int
    /// How many threads a running job uses, at least 1.
    public var threadsPerJob: Int
    /// How many bytes of memory the jobs that run may need together, by estimate; by default 60% of what is available
    /// to the process when it is configured.
    public var memoryBudget = MemoryBudget.availableShare()
    /// The least time between two checkpoints of a running job.
    public var checkpointInterval = Duration.seconds(5)
    /// Whether and where the news of ended jobs are sent.
    public var webhooks = WebhookConfiguration()
    /// Who may use the service.
    public var access = AccessConfiguration()
    /// Whether the service's own router serves `/metrics`; not where that has a port of its own.
    public var showsMetrics = true
    /// Where the service reports what it does.
    public var logger: Logger
    /// What is refused, and how long things are kept.
    public var limits = ServiceLimits()
    /// The limits of the HTTP server in front, which `GET /v1` shows.
    public var serverLimits = ServerLimits()

    /// A configuration with the default limits.
    public init(dataDirectory: String, workers: Int, threadsPerJob: Int, logger: Logger) {
        self.dataDirectory = dataDirectory
        self.workers = workers
        self.threadsPerJob = threadsPerJob
        self.logger = logger
    }
}

/// The service's limits; `GET /v1` shows them.
public struct ServiceLimits: Sendable, Equatable {
    /// The largest body of a dataset or of `/assign` in bytes, 2 GiB.
    public var datasetBytes = 2 << 30
    /// The largest body of `/v1/cluster` in bytes, 256 MiB.
    public var clusterBytes = 256 << 20
    /// The largest JSON control body in bytes, 1 MiB.
    public var controlBytes = 1 << 20
    /// The most columns a point set may have.
    public var columns = 16_384
    /// The most bytes that all stored point sets may take, 64 GiB; more are answered 429.
    public var storedBytes = 64 << 30
    /// The most datasets there may be; more are answered 429.
    public var datasets = 10_000
    /// The most jobs that may wait in the queue; more are answered 503.
    public var queuedJobs = 1_000
    /// How long `/v1/cluster` waits for its job unless told otherwise, 10 s.
    public var defaultWait = Duration.seconds(10)
    /// The longest `Prefer: wait`, 60 s.
    public var longestWait = Duration.seconds(60)
    /// How long results of `/v1/jobs` are kept, 7 days.
    public var resultRetention = Duration.seconds(7 * 86_400)
    /// How long results and points of `/v1/cluster` are kept, 1 hour.
    public var clusterRetention = Duration.seconds(3_600)
    /// How long an idempotency key is remembered, 24 hours.
    public var keyLifetime = Duration.seconds(86_400)
    /// How long the addresses of what has expired answer 410, 24 hours.
    public var goneLifetime = Duration.seconds(86_400)
    /// How often a stream of events says that it is alive when nothing happens, 15 s.
    public var heartbeatInterval = Duration.seconds(15)
    /// How often what has expired is removed, 60 s.
    public var upkeepInterval = Duration.seconds(60)
    /// How often all stored content is looked through for what nothing needs, 1 hour.
    public var sweepInterval = Duration.seconds(3_600)

    /// How many numbers `/assign` labels at once, so that a pass over them is worth a thread.
    var assignedValues = 256 * 1024
    /// From this many numbers on the answer of `/assign` begins before the body has ended.
    var heldValues = 1 << 20

    /// The default limits.
    public init() {}

    /// The limits that can be set by their names.
    public static let settings: [LimitSetting<ServiceLimits>] = [
        .count("dataset_bytes", \.datasetBytes),
        .count("cluster_bytes", \.clusterBytes),
        .count("control_bytes", \.controlBytes),
        .count("columns", \.columns),
        .count("stored_bytes", \.storedBytes),
        .count("datasets", \.datasets),
        .count("queued_jobs", \.queuedJobs),
        .time("default_wait_seconds", \.defaultWait),
        .time("longest_wait_seconds", \.longestWait),
        .time("result_retention_seconds", \.resultRetention),
        .time("cluster_retention_seconds", \.clusterRetention),
        .time("key_lifetime_seconds", \.keyLifetime),
        .time("gone_lifetime_seconds", \.goneLifetime),
    ]
}
