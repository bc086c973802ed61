import Foundation
public import JobStore

extension NewJob {
    /// A job on the dataset `points.csv`, with what a test wants to differ.
    public static func sample(
        dataset: String? = "points.csv", version: String = "v1", labels: [String: String] = [:], kind: String = "job",
        maximumAttempts: Int = 3, priority: Int = 0, tenant: String = "", memory: Int = 0, retention: Duration? = nil,
        key: IdempotencyKey? = nil
    ) -> NewJob {
        NewJob(
            dataset: dataset, datasetETag: "\"etag\"", datasetVersion: version, labels: labels,
            parameters: #"{"k":3,"seed":7}"#, kind: kind, maximumAttempts: maximumAttempts, priority: priority,
            tenant: tenant,
            memory: memory, retention: retention, idempotency: key)
    }
}

extension JobStore {
    /// Submits a job that must be accepted.
    @discardableResult
    public func accept(_ job: NewJob = .sample()) async throws -> Job {
        guard case .accepted(let accepted) = try await submit(job) else {
            throw UnexpectedOutcome()
        }
        return accepted
    }

    /// Submits a job and claims it; the queue must be empty before.
    public func start(_ job: NewJob = .sample()) async throws -> Job {
        let accepted = try await accept(job)
        let claimed = try require(try await claimNext(worker: "w1"))
        try expect(claimed.id == accepted.id)
        return claimed
    }

    /// Ends a held job with a small result.
    @discardableResult
    public func succeed(_ job: Job, model: String = "mdl_1") async throws -> Job {
        try await succeed(
            job.id, attempt: job.attempt, summary: Data("summary".utf8), modelID: model, model: Data("model".utf8),
            stopReason: "converged")
    }

    /// Brings a fresh job into a state.
    public func job(in state: JobState) async throws -> Job {
        switch state {
        case .queued:
            return try await accept()
        case .running:
            return try await start()
        case .cancelling:
            let job = try await start()
            guard case .cancelling(let cancelling) = try await requestCancel(job.id) else { throw UnexpectedOutcome() }
            return cancelling
        case .succeeded:
            return try await succeed(try await start())
        case .failed:
            let job = try await start()
            return try await fail(job.id, attempt: job.attempt, error: #"{"title":"broken"}"#)
        case .cancelled:
            let job = try await accept()
            guard case .cancelled(let cancelled) = try await requestCancel(job.id) else { throw UnexpectedOutcome() }
            return cancelled
        }
    }

    /// Every id of a listing, page by page.
    public func allIDs(matching filter: JobFilter = JobFilter(), pageSize: Int) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try await jobs(matching: filter, limit: pageSize, after: cursor)
            ids += page.jobs.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil
        return ids
    }
}

/// A call had another outcome than a scenario needs to go on.
public struct UnexpectedOutcome: Error {
    /// The error.
    public init() {}
}
