/// A job to be submitted.
///
/// ```swift
/// let job = NewJob(dataset: "points.csv", datasetVersion: "sha256-…", parameters: #"{"k":3,"seed":7}"#,
///                  retention: .seconds(7 * 86_400))
/// let submission = try await store.submit(job)
/// ```
public struct NewJob: Sendable, Equatable {
    /// Name of the dataset; nil for data that came with the request.
    public var dataset: String?
    /// Entity tag of the dataset at this moment.
    public var datasetETag: String?
    /// Opaque name of the stored content that the job will read.
    public var datasetVersion: String
    /// Free tags of the client.
    public var labels: [String: String]
    /// Every effective parameter, as the text of a JSON object.
    public var parameters: String
    /// `job`, or `cluster` for the one-shot call.
    public var kind: String
    /// How many attempts may lose their worker before the job fails; at least 1.
    public var maximumAttempts: Int
    /// Larger runs first.
    public var priority: Int
    /// Whose job it is: within a priority, tenants take turns.
    public var tenant: String
    /// How many bytes of memory the job is expected to need; 0 where nobody knows.
    public var memory: Int
    /// How long job, result and model are kept after the end, at most 1,000 years; nil for ever.
    public var retention: Duration?
    /// The client's key that makes a repeated submission return the first job.
    public var idempotency: IdempotencyKey?
    /// With so many jobs waiting the submission is refused; a repeat under a known key is answered all the same.
    public var queueLimit: Int?
    /// With so many jobs of the tenant that have not ended the submission is refused; nil for any number.
    public var tenantLimit: Int?
    /// Whom to tell of the job's end; nil for nobody.
    public var webhook: WebhookTarget?
    /// The `traceparent` of the request that submitted it; nil where there was none.
    public var traceParent: String?

    /// How many attempts in a row may lose their worker unless told otherwise, 10.
    ///
    /// A process may be killed for many reasons before a job is to blame, and the pauses between attempts grow.
    public static let defaultAttempts = 10

    /// A job with sensible defaults for everything but its data and parameters.
    public init(
        dataset: String? = nil,
        datasetETag: String? = nil,
        datasetVersion: String,
        labels: [String: String] = [:],
        parameters: String,
        kind: String = "job",
        maximumAttempts: Int = NewJob.defaultAttempts,
        priority: Int = 0,
        tenant: String = "",
        memory: Int = 0,
        retention: Duration? = nil,
        idempotency: IdempotencyKey? = nil,
        queueLimit: Int? = nil,
        tenantLimit: Int? = nil,
        webhook: WebhookTarget? = nil,
        traceParent: String? = nil
    ) {
        self.dataset = dataset
        self.datasetETag = datasetETag
        self.datasetVersion = datasetVersion
        self.labels = labels
        self.parameters = parameters
        self.kind = kind
        self.maximumAttempts = maximumAttempts
        self.priority = priority
        self.tenant = tenant
        self.memory = memory
        self.retention = retention
        self.idempotency = idempotency
        self.queueLimit = queueLimit
        self.tenantLimit = tenantLimit
        self.webhook = webhook
        self.traceParent = traceParent
    }
}

/// A client's promise that two requests with the same key are the same request.
public struct IdempotencyKey: Sendable, Equatable {
    /// The key as the client sent it.
    public let key: String
    /// Whose key it is: equal keys of two scopes have nothing to do with each other.
    public let scope: String
    /// Digest of method, path and content: tells a repeat from a reuse.
    public let digest: String
    /// How long the key is remembered from its first use.
    public let lifetime: Duration

    /// A key that is remembered for a day unless told otherwise.
    public init(key: String, scope: String, digest: String, lifetime: Duration = .seconds(86_400)) {
        self.key = key
        self.scope = scope
        self.digest = digest
        self.lifetime = lifetime
    }
}

extension NewJob {
    /// 1,000 years: far beyond any use, and far from where milliseconds overflow.
    static let longestDuration = Duration.seconds(1_000 * 366 * 86_400)

    /// Refuses what no driver can store faithfully.
    ///
    /// NUL is refused because SQLite and PostgreSQL both end or reject text there; clients never need it.
    func validate() throws(JobStoreError) {
        guard maximumAttempts >= 1 else {
            throw .invalidArgument("maximumAttempts is \(maximumAttempts); give at least 1")
        }
        guard memory >= 0 else { throw .invalidArgument("memory is \(memory) bytes; give at least 0") }
        if let retention, !(.zero...Self.longestDuration).contains(retention) {
            throw .invalidArgument("retention must be 0 to 1,000 years, or nil to keep the job for ever")
        }
        if let idempotency, idempotency.lifetime <= .zero || idempotency.lifetime > Self.longestDuration {
            throw .invalidArgument("the lifetime of an idempotency key must be positive and at most 1,000 years")
        }
        var texts = [dataset, datasetETag, datasetVersion, parameters, kind, tenant, traceParent].compactMap { $0 }
        texts += labels.keys
        texts += labels.values
        if let webhook { texts += [webhook.url, webhook.secret] }
        if let idempotency { texts += [idempotency.key, idempotency.scope, idempotency.digest] }
        if texts.contains(where: { $0.utf8.contains(0) }) {
            throw .invalidArgument("a text contains the character NUL (U+0000); remove it")
        }
    }
}
