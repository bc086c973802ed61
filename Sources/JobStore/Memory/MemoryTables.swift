import Foundation

/// The rows of ``InMemoryJobStore``, as on disk but in dictionaries, where a linear search is fast enough for a test.
struct MemoryTables {
    struct JobEntry {
        let sequence: Int64
        var job: Job
        /// The place in the fair order, counted within a priority.
        let turn: Int
        var chunks: [Int: Data] = [:]
        var result: JobResult?
    }

    struct ModelEntry {
        let sequence: Int64
        let model: StoredModel
        /// A deleted model whose job's result still shows it.
        var isWithdrawn = false

        var listed: StoredModel? { isWithdrawn ? nil : model }
    }

    struct Tombstone {
        let expiredAt: Date
        let tenant: String
    }

    struct KeyName: Hashable {
        let scope: String
        let key: String
    }

    struct KeyEntry {
        let digest: String
        let job: String
        let expiresAt: Date
    }

    var jobs: [String: JobEntry] = [:]
    var models: [String: ModelEntry] = [:]
    var keys: [KeyName: KeyEntry] = [:]
    var tombstones: [String: Tombstone] = [:]
    var webhooks: [String: Webhook] = [:]
    let tombstoneLifetime: Duration
    private var lastSequence: Int64 = 0

    init(tombstoneLifetime: Duration) {
        self.tombstoneLifetime = tombstoneLifetime
    }

    mutating func nextSequence() -> Int64 {
        lastSequence += 1
        return lastSequence
    }

    // MARK: Clients

    mutating func submit(_ new: NewJob, id: String, at now: Date) -> Submission {
        if let key = new.idempotency, let earlier = earlierSubmission(key, at: now) { return earlier }
        if let limit = new.queueLimit, jobs.values.count(where: { $0.job.state == .queued }) >= limit {
            return .queueFull
        }
        if let limit = new.tenantLimit,
            jobs.values.count(where: { $0.job.tenant == new.tenant && !$0.job.isDone }) >= limit
        {
            return .tenantFull
        }
        let job = Job(new, id: id, at: now)
        jobs[job.id] = JobEntry(sequence: nextSequence(), job: job, turn: turn(of: job))
        webhooks[id] = new.webhook.map(Webhook.init)
        if let key = new.idempotency {
            keys[KeyName(scope: key.scope, key: key.key)] = KeyEntry(
                digest: key.digest, job: job.id, expiresAt: now.advanced(by: key.lifetime))
        }
        return .accepted(job)
    }

    func earlierSubmission(_ wanted: IdempotencyKey, at now: Date) -> Submission? {
        guard let known = keys[KeyName(scope: wanted.scope, key: wanted.key)], known.expiresAt > now else { return nil }
        guard known.digest == wanted.digest else { return .conflict }
        return jobs[known.job].map { .replayed($0.job) } ?? .expired(known.job)
    }

    /// Behind the tenant's own waiting jobs, but not before where the others are.
    private func turn(of job: Job) -> Int {
        let waiting = jobs.values.filter { $0.job.state == .queued && $0.job.priority == job.priority }
        let own = waiting.filter { $0.job.tenant == job.tenant }.map(\.turn).max()
        return max(own.map { $0 + 1 } ?? 0, waiting.map(\.turn).min() ?? 0, 0)
    }

    func page(of filter: JobFilter, below bound: Int64, limit: Int) -> JobPage {
        let found = jobs.values.filter { $0.sequence < bound && filter.matches($0.job) }
            .sorted { $0.sequence > $1.sequence }
        let page = found.prefix(limit)
        let more = found.count > page.count
        return JobPage(
            jobs: page.map(\.job),
            nextCursor: more ? page.last.map { PageCursor(sequence: $0.sequence).text } : nil)
    }

    mutating func requestCancel(_ id: String, at now: Date) -> CancelOutcome? {
        guard var entry = jobs[id] else { return nil }
        _ = entry.job.apply(.cancelRequested, at: now)
        let outcome = CancelOutcome(entry.job, before: jobs[id]?.job.state)
        jobs[id] = entry
        return outcome
    }

    mutating func delete(_ id: String) -> DeleteOutcome {
        guard let entry = jobs[id] else { return .unknown }
        guard entry.job.isDone else { return .stillActive }
        remove(entry)
        keys = keys.filter { $0.value.job != id }
        return .deleted
    }

    /// Takes out a job and all that lives and dies with it.
    mutating func remove(_ entry: JobEntry) {
        jobs[entry.job.id] = nil
        webhooks[entry.job.id] = nil
        if let model = entry.job.model, models[model]?.isWithdrawn == true { models[model] = nil }
    }

    // MARK: Workers

    mutating func claimNext(worker: String, lease: Duration, room: WorkerRoom, at now: Date) -> Job? {
        let next = jobs.values.filter { $0.job.state == .queued && $0.job.availableAt ?? now <= now }
            .min { (-$0.job.priority, $0.turn, $0.sequence) < (-$1.job.priority, $1.turn, $1.sequence) }
        guard var entry = next else { return nil }
        guard room.isIdle || entry.job.memory <= room.memory && !entry.job.runsAlone else { return nil }
        entry.job.claim(for: worker, lease: lease, at: now)
        jobs[entry.job.id] = entry
        return entry.job
    }

    mutating func renew(_ held: [HeldAttempt], lease: Duration, at now: Date) -> [String: JobState] {
        var states: [String: JobState] = [:]
        for one in held {
            guard let job = jobs[one.job]?.job, job.state.isHeld, job.attempt == one.attempt else { continue }
            jobs[one.job]?.job.leaseExpiresAt = now.advanced(by: lease)
            states[one.job] = job.state
        }
        return states
    }

    mutating func progressed(_ id: String, attempt: Int, at now: Date) throws -> Job {
        var entry = try held(id, attempt)
        try entry.job.apply(.progressed, fromAttempt: attempt, at: now)
        jobs[id] = entry
        return entry.job
    }

    mutating func append(_ data: Data, at index: Int, to id: String, attempt: Int) throws {
        try held(id, attempt)
        jobs[id]?.chunks[index] = data
    }

    mutating func succeed(
        _ id: String, attempt: Int, startedAt: Date?, chunks: [Data], summary: Data, modelID: String, model: Data,
        stopReason: String, at now: Date
    ) throws -> Job {
        var entry = try held(id, attempt)
        var expected = (entry.chunks.keys.max() ?? -1) + 1
        guard entry.chunks.count == expected else {
            throw JobStoreError.incompleteResult(id, found: entry.chunks.count, expected: expected)
        }
        guard models[modelID] == nil else { throw JobStoreError.duplicateModel(modelID) }
        for chunk in chunks {
            entry.chunks[expected] = chunk
            expected += 1
        }
        try entry.job.apply(.succeeded, fromAttempt: attempt, at: now)
        entry.job.began(at: startedAt)
        entry.job.model = modelID
        entry.job.stopReason = stopReason
        entry.result = JobResult(summary: summary, model: model, chunkCount: expected)
        jobs[id] = entry
        models[modelID] = ModelEntry(
            sequence: nextSequence(),
            model: StoredModel(
                id: modelID, job: id, tenant: entry.job.tenant, createdAt: now, expiresAt: entry.job.expiresAt,
                content: model))
        return entry.job
    }

    /// Applies an event that ends an attempt without a result.
    mutating func move(
        _ id: String, attempt: Int, _ event: JobEvent, at now: Date, then edit: (inout Job) -> Void = { _ in }
    ) throws -> Job {
        var entry = try held(id, attempt)
        try entry.job.apply(event, fromAttempt: attempt, at: now)
        edit(&entry.job)
        entry.chunks = [:]
        jobs[id] = entry
        return entry.job
    }

    @discardableResult
    private func held(_ id: String, _ attempt: Int) throws -> JobEntry {
        guard let entry = jobs[id] else { throw JobStoreError.unknownJob(id) }
        try entry.job.checkLease(attempt)
        return entry
    }
}
