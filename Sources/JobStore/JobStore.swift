public import Foundation

/// Where jobs, results and models outlive the process.
///
/// Every call is one transaction: it happens wholly or not at all, and what it returned is on disk. Calls may come from
/// any number of tasks at once. A write finishes even when the calling task is cancelled, so that a worker that was
/// told to stop can still say so.
///
/// A worker's life:
///
/// ```swift
/// while let job = try await store.claimNext(worker: "w1") {
///     let answer = compute(job)
///     for (index, rows) in answer.chunks.enumerated() {
///         try await store.appendResultChunk(job.id, attempt: job.attempt, index: index, data: rows)
///     }
///     _ = try await store.succeed(job.id, attempt: job.attempt, summary: answer.summary, modelID: answer.modelID,
///                                 model: answer.model, stopReason: "converged")
/// }
/// ```
///
/// The attempt number is the worker's lease, which it keeps with ``renew(_:lease:)``. Once a job was re-queued, claimed
/// anew or ended, writes under the old number throw ``JobStoreError/Code/leaseLost``.
///
/// All calls throw ``JobStoreError``, and reads `CancellationError` when their task is cancelled.
///
/// Drivers: ``SQLiteJobStore`` on disk, ``InMemoryJobStore`` for tests. No call exposes a connection or relies on a
/// single writer, and a claim is one statement, so that a driver for a database with many clients
/// (`FOR UPDATE SKIP LOCKED`) has the same shape.
public protocol JobStore: Sendable {
    // MARK: Clients

    /// Puts a job in the queue, unless its idempotency key says that this was done before.
    ///
    /// Job and key are written in one transaction. A key lives as long as its lifetime, even where its job expires
    /// before; deleting the job forgets the key.
    func submit(_ job: NewJob) async throws -> Submission

    /// What became of an earlier submission under this key; nil when it is free.
    ///
    /// - Returns: `replayed`, `expired` or `conflict`.
    func earlierSubmission(_ key: IdempotencyKey) async throws -> Submission?

    /// The job of this id; nil when there is none, or none any more.
    func job(_ id: String) async throws -> Job?

    /// Whether a job or model of this id existed and has been removed by ``expire()``.
    ///
    /// Remembered for the time the store was opened with. False for ids that were never given out or were deleted.
    ///
    /// - Parameter tenant: whose it must have been; nil for anybody's.
    func isExpired(_ id: String, tenant: String?) async throws -> Bool

    /// A page of jobs, newest first, beginning after `cursor`.
    ///
    /// - Throws: `invalidCursor` for a cursor that no page gave out, `invalidArgument` for a limit outside 1...10,000.
    func jobs(matching filter: JobFilter, limit: Int, after cursor: String?) async throws -> JobPage

    /// Asks for a job to stop: a queued one is cancelled at once, a running one when its worker confirms.
    ///
    /// - Returns: nil when there is no such job.
    func requestCancel(_ id: String) async throws -> CancelOutcome?

    /// Forgets an ended job and its result. Its model stays until it is deleted itself or the job would have expired.
    func delete(_ id: String) async throws -> DeleteOutcome

    /// How many jobs are in each state; states without jobs are left out.
    func counts() async throws -> [JobState: Int]

    /// When the first submitted of the jobs that wait was submitted; nil when none waits.
    func oldestQueued() async throws -> Date?

    /// Returns where a job could be accepted now, and changes nothing.
    func checkWritable() async throws

    // MARK: Workers

    /// Takes the next jobs from the queue: largest priority first, then tenants in turn, then the oldest.
    ///
    /// No two calls ever get the same job and attempt, from however many tasks or processes they come.
    ///
    /// - Parameters:
    ///   - lease: how long the jobs are the worker's unless it renews.
    ///   - room: what the worker can take; a job that is next and does not fit is waited for, not passed over.
    ///   - limit: the most jobs to take.
    /// - Returns: the jobs in order; none when no job waits, none may be tried again yet, or the next one does not fit.
    func claim(worker: String, lease: Duration, room: WorkerRoom, limit: Int) async throws -> [Job]

    /// Holds on to jobs for another `lease` from now.
    ///
    /// - Returns: the state of each job by id, so that a worker learns of a cancel that it missed; a job that is no
    ///   longer held under that attempt is left out, and its worker must drop it and store nothing.
    func renew(_ held: [HeldAttempt], lease: Duration) async throws -> [String: JobState]

    /// Says that an attempt has saved more than those before it: they no longer count against the job's attempts.
    func progressed(_ id: String, attempt: Int) async throws -> Job

    /// Stores a piece of the result's rows; unseen until the job succeeds, dropped when the attempt ends otherwise.
    ///
    /// Chunks may come in any order; writing an index again replaces it.
    ///
    /// - Parameters:
    ///   - index: the place of the chunk, from 0.
    ///   - data: at most ``JobResult/maximumChunkBytes``.
    func appendResultChunk(_ id: String, attempt: Int, index: Int, data: Data) async throws

    /// Ends the job with a result: summary, model and state are written together, and the chunks become visible.
    ///
    /// A job that was asked to stop succeeds nevertheless: the request came too late.
    ///
    /// - Parameters:
    ///   - startedAt: when the work began, where that was later than the claim; nil where it was not.
    ///   - chunks: the last chunks, numbered on from those that were appended; for a small result, all.
    /// - Throws: `incompleteResult` when a chunk number is missing, `duplicateModel` when the model id is taken.
    func succeed(
        _ id: String, attempt: Int, startedAt: Date?, chunks: [Data], summary: Data, modelID: String, model: Data,
        stopReason: String
    ) async throws -> Job

    /// Ends the job with an error, the text of a problem object; its chunks are dropped.
    func fail(_ id: String, attempt: Int, error: String) async throws -> Job

    /// Ends a job that was asked to stop, and did; its chunks are dropped.
    func confirmCancelled(_ id: String, attempt: Int) async throws -> Job

    /// Hands a running job back to the queue without counting the attempt, for a shutdown; a job that was asked to
    /// stop is cancelled instead. Its chunks are dropped.
    func release(_ id: String, attempt: Int) async throws -> Job

    /// Reports that the worker of this attempt is gone: the job is queued again, or fails when its attempts ran out; a
    /// job that was asked to stop is cancelled. Its chunks are dropped.
    func workerLost(_ id: String, attempt: Int) async throws -> Job

    // MARK: Results and models

    /// The result of a succeeded job without its rows; nil for all other jobs.
    func summary(_ id: String) async throws -> JobResult?

    /// Rows of a succeeded job; nil for all other jobs and from ``JobResult/chunkCount`` on.
    func resultChunk(_ id: String, index: Int) async throws -> Data?

    /// The model of this id; nil when there is none, or none any more.
    func model(_ modelID: String) async throws -> StoredModel?

    /// A page of models, newest first, beginning after `cursor`.
    ///
    /// - Parameter tenant: whose models; nil for everybody's.
    func models(tenant: String?, limit: Int, after cursor: String?) async throws -> ModelPage

    /// Takes a model away from ``model(_:)`` and ``models(limit:after:)``; the result of its job stays whole.
    ///
    /// - Returns: whether there was such a model.
    func deleteModel(_ modelID: String) async throws -> Bool

    // MARK: Datasets

    /// How many jobs on the dataset of this name have not ended.
    func activeJobs(usingDataset name: String) async throws -> Int

    /// Which of these versions of stored content must be kept: those of jobs that have not ended, and of succeeded
    /// jobs, whose results are given out beside their input.
    func datasetVersionsInUse(among versions: Set<String>) async throws -> Set<String>

    // MARK: Upkeep

    /// Takes care of jobs whose worker is lost; call it once after opening, before the first claim.
    ///
    /// Running jobs are queued again or fail when their attempts ran out; jobs asked to stop are cancelled; chunks of
    /// unfinished results are dropped. A store that one process owns takes every held job for lost.
    func recover() async throws -> RecoveryReport

    /// Takes care of jobs whose lease has run out, like ``recover()`` of those it finds.
    func reclaim() async throws -> RecoveryReport

    /// Removes jobs, results and models whose time has passed, and remembers their ids for ``isExpired(_:)``.
    ///
    /// Expiry happens only here: until the next call, what is due is still readable. Call it every minute or so.
    func expire() async throws -> ExpiryReport
}

extension JobStore {
    /// Takes the next job; nil where ``claim(worker:lease:room:limit:)`` takes none.
    public func claimNext(worker: String, lease: Duration, room: WorkerRoom) async throws -> Job? {
        try await claim(worker: worker, lease: lease, room: room, limit: 1).first
    }

    /// Takes the next job with room for everything and a lease of 30 s.
    public func claimNext(worker: String) async throws -> Job? {
        try await claimNext(worker: worker, lease: .seconds(30), room: .unlimited)
    }

    /// Ends the job with a result whose chunks have all been appended.
    public func succeed(
        _ id: String, attempt: Int, summary: Data, modelID: String, model: Data, stopReason: String
    ) async throws -> Job {
        try await succeed(
            id, attempt: attempt, startedAt: nil, chunks: [], summary: summary, modelID: modelID, model: model,
            stopReason: stopReason)
    }

    /// Whether a job or model of this id, of any tenant, has been removed by ``expire()``.
    public func isExpired(_ id: String) async throws -> Bool { try await isExpired(id, tenant: nil) }

    /// A page of everybody's models, newest first, beginning after `cursor`.
    public func models(limit: Int, after cursor: String?) async throws -> ModelPage {
        try await models(tenant: nil, limit: limit, after: cursor)
    }

    /// The first page of all jobs, newest first.
    public func jobs(limit: Int) async throws -> JobPage {
        try await jobs(matching: JobFilter(), limit: limit, after: nil)
    }
}
