public import Foundation
import Synchronization

/// A job store that forgets everything with the process; for tests.
///
/// Behaves like ``SQLiteJobStore`` in every call, which the conformance suite holds it to, without files or waiting.
public final class InMemoryJobStore: Sendable {
    let tables: Mutex<MemoryTables>
    private let clock: @Sendable () -> Date
    private let identifiers: @Sendable (Date) -> String

    /// An empty store.
    ///
    /// - Parameters:
    ///   - tombstoneLifetime: how long ``isExpired(_:)`` remembers.
    ///   - now: the clock.
    ///   - identifiers: names a new job; never the same name twice.
    public init(
        tombstoneLifetime: Duration = .seconds(86_400),
        now: @escaping @Sendable () -> Date = SteadyClock().reading,
        identifiers: @escaping @Sendable (Date) -> String = { SortableIdentifier.make(prefix: "job", at: $0) }
    ) {
        tables = Mutex(MemoryTables(tombstoneLifetime: tombstoneLifetime))
        clock = now
        self.identifiers = identifiers
    }

    func now() -> Date { clock().wholeMilliseconds }

    private func move(
        _ id: String, _ attempt: Int, _ event: JobEvent, then edit: (inout Job) -> Void = { _ in }
    ) throws -> Job {
        let now = now()
        return try tables.withLock { try $0.move(id, attempt: attempt, event, at: now, then: edit) }
    }
}

// The members' documentation is the protocol's; DocC shows it here too.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryJobStore: JobStore {
    // MARK: Clients

    public func submit(_ job: NewJob) async throws -> Submission {
        try job.validate()
        let now = now()
        let id = identifiers(now)
        return tables.withLock { $0.submit(job, id: id, at: now) }
    }

    public func earlierSubmission(_ key: IdempotencyKey) async throws -> Submission? {
        let now = now()
        return tables.withLock { $0.earlierSubmission(key, at: now) }
    }

    public func job(_ id: String) async throws -> Job? {
        tables.withLock { $0.jobs[id]?.job }
    }

    public func isExpired(_ id: String, tenant: String?) async throws -> Bool {
        tables.withLock { tables in
            tables.tombstones[id].map { tenant ?? $0.tenant == $0.tenant } ?? false
        }
    }

    public func jobs(matching filter: JobFilter, limit: Int, after cursor: String?) async throws -> JobPage {
        let bound = try PageCursor.upperBound(cursor, limit: limit)
        return tables.withLock { $0.page(of: filter, below: bound, limit: limit) }
    }

    public func requestCancel(_ id: String) async throws -> CancelOutcome? {
        let now = now()
        return tables.withLock { $0.requestCancel(id, at: now) }
    }

    public func delete(_ id: String) async throws -> DeleteOutcome {
        tables.withLock { $0.delete(id) }
    }

    public func counts() async throws -> [JobState: Int] {
        tables.withLock { $0.jobs.values.reduce(into: [:]) { $0[$1.job.state, default: 0] += 1 } }
    }

    public func checkWritable() async throws {}

    public func oldestQueued() async throws -> Date? {
        tables.withLock { tables in
            let waiting = tables.jobs.values.filter { $0.job.state == .queued }
            return waiting.min { $0.sequence < $1.sequence }?.job.createdAt
        }
    }

    // MARK: Workers

    public func claim(worker: String, lease: Duration, room: WorkerRoom, limit: Int) async throws -> [Job] {
        let now = now()
        return tables.withLock { tables in
            var (jobs, room) = ([Job](), room)
            while jobs.count < limit, let job = tables.claimNext(worker: worker, lease: lease, room: room, at: now) {
                jobs.append(job)
                room = room.after(job)
            }
            return jobs
        }
    }

    public func renew(_ held: [HeldAttempt], lease: Duration) async throws -> [String: JobState] {
        let now = now()
        return tables.withLock { $0.renew(held, lease: lease, at: now) }
    }

    public func progressed(_ id: String, attempt: Int) async throws -> Job {
        let now = now()
        return try tables.withLock { try $0.progressed(id, attempt: attempt, at: now) }
    }

    public func appendResultChunk(_ id: String, attempt: Int, index: Int, data: Data) async throws {
        try JobResult.validateChunk(index: index, bytes: data.count)
        try tables.withLock { try $0.append(data, at: index, to: id, attempt: attempt) }
    }

    public func succeed(
        _ id: String, attempt: Int, startedAt: Date?, chunks: [Data], summary: Data, modelID: String, model: Data,
        stopReason: String
    ) async throws -> Job {
        for (index, chunk) in chunks.enumerated() { try JobResult.validateChunk(index: index, bytes: chunk.count) }
        let now = now()
        return try tables.withLock {
            try $0.succeed(
                id, attempt: attempt, startedAt: startedAt, chunks: chunks, summary: summary, modelID: modelID,
                model: model, stopReason: stopReason, at: now)
        }
    }

    public func fail(_ id: String, attempt: Int, error: String) async throws -> Job {
        try move(id, attempt, .failed) { $0.error = error }
    }

    public func confirmCancelled(_ id: String, attempt: Int) async throws -> Job {
        try move(id, attempt, .cancelConfirmed)
    }

    public func release(_ id: String, attempt: Int) async throws -> Job {
        try move(id, attempt, .released)
    }

    public func workerLost(_ id: String, attempt: Int) async throws -> Job {
        try move(id, attempt, .workerLost)
    }

    // MARK: Results and models

    public func summary(_ id: String) async throws -> JobResult? {
        tables.withLock { $0.jobs[id]?.result }
    }

    public func resultChunk(_ id: String, index: Int) async throws -> Data? {
        tables.withLock { tables in
            tables.jobs[id].flatMap { $0.result == nil ? nil : $0.chunks[index] }
        }
    }

    public func model(_ modelID: String) async throws -> StoredModel? {
        tables.withLock { $0.models[modelID]?.listed }
    }

    public func models(tenant: String?, limit: Int, after cursor: String?) async throws -> ModelPage {
        let bound = try PageCursor.upperBound(cursor, limit: limit)
        return tables.withLock { $0.modelPage(tenant: tenant, below: bound, limit: limit) }
    }

    public func deleteModel(_ modelID: String) async throws -> Bool {
        tables.withLock { $0.deleteModel(modelID) }
    }

    // MARK: Datasets

    public func activeJobs(usingDataset name: String) async throws -> Int {
        tables.withLock { $0.jobs.values.count { $0.job.dataset == name && !$0.job.isDone } }
    }

    public func datasetVersionsInUse(among versions: Set<String>) async throws -> Set<String> {
        tables.withLock { versions.intersection($0.datasetVersionsInUse) }
    }

    // MARK: Upkeep

    public func recover() async throws -> RecoveryReport {
        let now = now()
        return tables.withLock { $0.recover(at: now) }
    }

    public func reclaim() async throws -> RecoveryReport {
        let now = now()
        return tables.withLock { $0.reclaim(at: now) }
    }

    public func expire() async throws -> ExpiryReport {
        let now = now()
        return tables.withLock { $0.expire(at: now) }
    }
}
