public import Foundation
import GRDB

// The members' documentation is the protocol's; DocC shows it here too.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteJobStore: JobStore {
    // MARK: Clients

    public func submit(_ job: NewJob) async throws -> Submission {
        try job.validate()
        let now = now()
        let id = identifiers(now)
        return try await write { db in try SQLiteQueue.submit(db, job, id: id, at: now) }
    }

    public func earlierSubmission(_ key: IdempotencyKey) async throws -> Submission? {
        let now = now()
        return try await read { db in try SQLiteQueue.earlierSubmission(db, key, at: now) }
    }

    public func job(_ id: String) async throws -> Job? {
        try await read { db in try JobRow.fetch(db, id: id)?.job }
    }

    public func isExpired(_ id: String, tenant: String?) async throws -> Bool {
        try await read { db in try SQLiteUpkeep.isExpired(db, id, tenant: tenant) }
    }

    public func jobs(matching filter: JobFilter, limit: Int, after cursor: String?) async throws -> JobPage {
        let bound = try PageCursor.upperBound(cursor, limit: limit)
        return try await read { db in try SQLiteListing.jobs(db, filter, below: bound, limit: limit) }
    }

    public func requestCancel(_ id: String) async throws -> CancelOutcome? {
        let now = now()
        return try await write { db in try SQLiteQueue.requestCancel(db, id, at: now) }
    }

    public func delete(_ id: String) async throws -> DeleteOutcome {
        try await write { db in try SQLiteUpkeep.delete(db, id) }
    }

    public func counts() async throws -> [JobState: Int] {
        try await read(SQLiteListing.counts)
    }

    public func checkWritable() async throws { try await checkWrites() }

    public func oldestQueued() async throws -> Date? {
        try await read(SQLiteListing.oldestQueued)
    }

    // MARK: Workers

    public func claim(worker: String, lease: Duration, room: WorkerRoom, limit: Int) async throws -> [Job] {
        let now = now()
        return try await write(.soon) { db in
            var (jobs, room) = ([Job](), room)
            while jobs.count < limit,
                let job = try SQLiteQueue.claim(db, worker: worker, lease: lease, room: room, at: now)
            {
                jobs.append(job)
                room = room.after(job)
            }
            return jobs
        }
    }

    public func renew(_ held: [HeldAttempt], lease: Duration) async throws -> [String: JobState] {
        let now = now()
        return try await write(.soon) { db in try SQLiteQueue.renew(db, held, lease: lease, at: now) }
    }

    public func progressed(_ id: String, attempt: Int) async throws -> Job {
        let now = now()
        return try await write(.soon) { db in try SQLiteQueue.progressed(db, id, attempt: attempt, at: now) }
    }

    public func appendResultChunk(_ id: String, attempt: Int, index: Int, data: Data) async throws {
        try JobResult.validateChunk(index: index, bytes: data.count)
        try await write(.soon) { db in try SQLiteResults.append(db, data, at: index, to: id, attempt: attempt) }
    }

    public func succeed(
        _ id: String, attempt: Int, startedAt: Date?, chunks: [Data], summary: Data, modelID: String, model: Data,
        stopReason: String
    ) async throws -> Job {
        for (index, chunk) in chunks.enumerated() { try JobResult.validateChunk(index: index, bytes: chunk.count) }
        let now = now()
        return try await write { db in
            try SQLiteResults.succeed(
                db, id, attempt: attempt, startedAt: startedAt, chunks: chunks, summary: summary, modelID: modelID,
                model: model, stopReason: stopReason, at: now)
        }
    }

    public func fail(_ id: String, attempt: Int, error: String) async throws -> Job {
        try await endAttempt(id, attempt, .failed, error: error)
    }

    public func confirmCancelled(_ id: String, attempt: Int) async throws -> Job {
        try await endAttempt(id, attempt, .cancelConfirmed)
    }

    public func release(_ id: String, attempt: Int) async throws -> Job {
        try await endAttempt(id, attempt, .released)
    }

    public func workerLost(_ id: String, attempt: Int) async throws -> Job {
        try await endAttempt(id, attempt, .workerLost)
    }

    private func endAttempt(
        _ id: String, _ attempt: Int, _ event: JobEvent, error: String? = nil
    ) async throws -> Job {
        let now = now()
        return try await write { db in
            try SQLiteQueue.endAttempt(db, id, attempt: attempt, event, error: error, at: now)
        }
    }

    // MARK: Results and models

    public func summary(_ id: String) async throws -> JobResult? {
        try await read { db in try SQLiteResults.summary(db, id) }
    }

    public func resultChunk(_ id: String, index: Int) async throws -> Data? {
        try await read { db in try SQLiteResults.chunk(db, id, index) }
    }

    public func model(_ modelID: String) async throws -> StoredModel? {
        try await read { db in try SQLiteModels.model(db, modelID) }
    }

    public func models(tenant: String?, limit: Int, after cursor: String?) async throws -> ModelPage {
        let bound = try PageCursor.upperBound(cursor, limit: limit)
        return try await read { db in try SQLiteModels.page(db, tenant: tenant, below: bound, limit: limit) }
    }

    public func deleteModel(_ modelID: String) async throws -> Bool {
        try await write { db in try SQLiteModels.delete(db, modelID) }
    }

    // MARK: Datasets

    public func activeJobs(usingDataset name: String) async throws -> Int {
        try await read { db in try SQLiteListing.activeJobs(db, usingDataset: name) }
    }

    public func datasetVersionsInUse(among versions: Set<String>) async throws -> Set<String> {
        try await read { db in try SQLiteListing.datasetVersionsInUse(db, among: versions) }
    }

    // MARK: Upkeep

    public func recover() async throws -> RecoveryReport {
        let now = now()
        return try await write { db in try SQLiteUpkeep.recover(db, at: now) }
    }

    public func reclaim() async throws -> RecoveryReport {
        let now = now()
        return try await write { db in try SQLiteUpkeep.reclaim(db, at: now) }
    }

    public func expire() async throws -> ExpiryReport {
        let now = now()
        var report = ExpiryReport()
        var more = true
        while more {
            let batch = try await write(.soon) { [tombstoneLifetime] db in
                try SQLiteUpkeep.expire(db, at: now, tombstoneLifetime: tombstoneLifetime, limit: 1_000)
            }
            report.append(batch.report)
            more = batch.more
        }
        try await returnSpace()
        return report
    }
}
