import Foundation
import JobStore

/// A job store that answers questions after recent jobs from memory: every change goes to the store first and then into
/// memory, so that a poll costs no read of the database.
///
/// Right as long as nobody else writes to the store.
final class CachedJobStore: JobStore {
    private let base: any JobStore
    private let recent = RecentJobs()

    init(_ base: any JobStore) {
        self.base = base
    }

    /// The job as it is in memory; nil when it is not there.
    func recentJob(_ id: String) -> Job? { recent.job(id) }

    private func kept(_ job: Job) -> Job {
        recent.keep(job)
        return job
    }

    private func forgotten(_ report: RecoveryReport) -> RecoveryReport {
        recent.forget(report.requeued + report.failed + report.cancelled)
        return report
    }

    // MARK: Clients

    func submit(_ job: NewJob) async throws -> Submission {
        let submission = try await base.submit(job)
        if case .accepted(let job) = submission { recent.keep(job) }
        return submission
    }

    func earlierSubmission(_ key: IdempotencyKey) async throws -> Submission? {
        try await base.earlierSubmission(key)
    }

    func job(_ id: String) async throws -> Job? {
        if let job = recent.job(id) { return job }
        let moment = recent.moment
        let job = try await base.job(id)
        if let job { recent.keep(job, readAt: moment) }
        return job
    }

    func isExpired(_ id: String, tenant: String?) async throws -> Bool {
        try await base.isExpired(id, tenant: tenant)
    }

    func jobs(matching filter: JobFilter, limit: Int, after cursor: String?) async throws -> JobPage {
        try await base.jobs(matching: filter, limit: limit, after: cursor)
    }

    func requestCancel(_ id: String) async throws -> CancelOutcome? {
        let outcome = try await base.requestCancel(id)
        if let outcome { recent.keep(outcome.job) }
        return outcome
    }

    func delete(_ id: String) async throws -> DeleteOutcome {
        let outcome = try await base.delete(id)
        if outcome == .deleted { recent.forget([id]) }
        return outcome
    }

    func counts() async throws -> [JobState: Int] { try await base.counts() }

    func checkWritable() async throws { try await base.checkWritable() }

    func oldestQueued() async throws -> Date? { try await base.oldestQueued() }

    // MARK: Workers

    func claim(worker: String, lease: Duration, room: WorkerRoom, limit: Int) async throws -> [Job] {
        try await base.claim(worker: worker, lease: lease, room: room, limit: limit).map(kept)
    }

    func renew(_ held: [HeldAttempt], lease: Duration) async throws -> [String: JobState] {
        try await base.renew(held, lease: lease)
    }

    func progressed(_ id: String, attempt: Int) async throws -> Job {
        kept(try await base.progressed(id, attempt: attempt))
    }

    func appendResultChunk(_ id: String, attempt: Int, index: Int, data: Data) async throws {
        try await base.appendResultChunk(id, attempt: attempt, index: index, data: data)
    }

    func succeed(
        _ id: String, attempt: Int, startedAt: Date?, chunks: [Data], summary: Data, modelID: String, model: Data,
        stopReason: String
    ) async throws -> Job {
        kept(
            try await base.succeed(
                id, attempt: attempt, startedAt: startedAt, chunks: chunks, summary: summary, modelID: modelID,
                model: model, stopReason: stopReason))
    }

    func fail(_ id: String, attempt: Int, error: String) async throws -> Job {
        kept(try await base.fail(id, attempt: attempt, error: error))
    }

    func confirmCancelled(_ id: String, attempt: Int) async throws -> Job {
        kept(try await base.confirmCancelled(id, attempt: attempt))
    }

    func release(_ id: String, attempt: Int) async throws -> Job {
        kept(try await base.release(id, attempt: attempt))
    }

    func workerLost(_ id: String, attempt: Int) async throws -> Job {
        kept(try await base.workerLost(id, attempt: attempt))
    }

    // MARK: Results, models, datasets

    func summary(_ id: String) async throws -> JobResult? { try await base.summary(id) }

    func resultChunk(_ id: String, index: Int) async throws -> Data? { try await base.resultChunk(id, index: index) }

    func model(_ modelID: String) async throws -> StoredModel? { try await base.model(modelID) }

    func models(tenant: String?, limit: Int, after cursor: String?) async throws -> ModelPage {
        try await base.models(tenant: tenant, limit: limit, after: cursor)
    }

    func deleteModel(_ modelID: String) async throws -> Bool { try await base.deleteModel(modelID) }

    func activeJobs(usingDataset name: String) async throws -> Int { try await base.activeJobs(usingDataset: name) }

    func datasetVersionsInUse(among versions: Set<String>) async throws -> Set<String> {
        try await base.datasetVersionsInUse(among: versions)
    }

    // MARK: Upkeep

    func recover() async throws -> RecoveryReport { forgotten(try await base.recover()) }

    func reclaim() async throws -> RecoveryReport { forgotten(try await base.reclaim()) }

    func expire() async throws -> ExpiryReport {
        let report = try await base.expire()
        recent.forget(report.jobs)
        return report
    }
}
