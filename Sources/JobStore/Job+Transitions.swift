import Foundation

/// How a stored job changes: the state machine plus the fields that go with each step. Shared by every driver, so that
/// they cannot disagree.
extension Job {
    /// The job as it enters the queue.
    init(_ new: NewJob, id: String, at now: Date) {
        self.init(
            id: id, createdAt: now, retention: new.retention, dataset: new.dataset, datasetETag: new.datasetETag,
            datasetVersion: new.datasetVersion, labels: new.labels, parameters: new.parameters,
            maximumAttempts: new.maximumAttempts, priority: new.priority, tenant: new.tenant, memory: new.memory,
            kind: new.kind, traceParent: new.traceParent)
    }

    /// Applies an event at an instant; a job that was moved has a new revision, else it is as before.
    mutating func apply(_ event: JobEvent, at now: Date) -> JobAction {
        var machine = JobStateMachine(
            state: state, attempt: attempt, releases: releases, maximumAttempts: maximumAttempts)
        let action = machine.handle(event)
        switch action {
        case .ignore, .refuse:
            return action
        case .start:
            startedAt = now
            availableAt = nil
        case .requeue:
            startedAt = nil
        case .giveUp:
            error = JobStoreError.workerLostProblem(attempts: machine.attempt - machine.releases)
        case .publish, .end, .askToStop, .forgive:
            break
        }
        state = machine.state
        attempt = machine.attempt
        releases = machine.releases
        revision += 1
        if event == .cancelRequested { cancelRequestedAt = now }
        if event == .workerLost, state == .queued { availableAt = now.advanced(by: Self.pause(afterLosses: losses)) }
        if !state.isHeld {
            worker = nil
            leaseExpiresAt = nil
        }
        if state.isTerminal {
            finishedAt = now
            expiresAt = retention.map { now.advanced(by: $0) }
        }
        return action
    }

    /// How long a job waits for its next attempt after losing its worker so many times in a row: 1 s, doubling, at most
    /// 1 min, so that a job that ends its process does not keep all others from running.
    static func pause(afterLosses losses: Int) -> Duration {
        .seconds(min(1 << min(max(losses - 1, 0), 6), 60))
    }

    /// The longest ``pause(afterLosses:)``.
    static let longestPause = pause(afterLosses: .max)

    /// Takes the job for a worker; the same as the statement of the drivers that have one.
    mutating func claim(for worker: String, lease: Duration, at now: Date) {
        _ = apply(.claimed, at: now)
        self.worker = worker
        leaseExpiresAt = now.advanced(by: lease)
    }

    /// Applies an event of the worker that holds attempt number `attempt`.
    ///
    /// - Throws: `leaseLost` when the job is no longer that worker's, `notPossible` when the state forbids the event.
    mutating func apply(_ event: JobEvent, fromAttempt attempt: Int, at now: Date) throws(JobStoreError) {
        try checkLease(attempt)
        if apply(event, at: now) == .refuse {
            throw .notPossible(id, state: state, event: event)
        }
    }

    /// Takes down when the work of an ended job began: later than its claim where it waited for others that were claimed
    /// with it, and never after its end.
    mutating func began(at date: Date?) {
        guard let date = date?.wholeMilliseconds, let claimedAt = startedAt, let finishedAt else { return }
        startedAt = min(max(date, claimedAt), finishedAt)
    }

    /// Refuses writes under an attempt number that no longer holds the job.
    func checkLease(_ attempt: Int) throws(JobStoreError) {
        guard state.isHeld, self.attempt == attempt else {
            throw .leaseLost(id, attempt: attempt, state: state, current: self.attempt)
        }
    }
}

extension Job {
    /// Whether the stored content the job names must be kept: to compute it, or to give its result out beside it.
    var needsDataset: Bool { !state.isTerminal || state == .succeeded }
}

extension CancelOutcome {
    /// The outcome of a request that found the job in state `before` and left it as it is now.
    init(_ job: Job, before: JobState?) {
        self =
            switch job.state {
            case .cancelling: .cancelling(job)
            case .cancelled where before == .queued: .cancelled(job)
            default: .alreadyFinished(job)
            }
    }
}

extension RecoveryReport {
    /// Counts a job that lost its worker under the state it is in now.
    mutating func add(_ job: Job) {
        switch job.state {
        case .queued: requeued.append(job.id)
        case .failed: failed.append(job.id)
        case .cancelled: cancelled.append(job.id)
        case .running, .cancelling, .succeeded: break
        }
    }
}
