import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    /// Refuses new work while the service stops.
    func checkReadiness() throws {
        guard isReady else {
            throw Problem(
                .serviceUnavailable, type: "/problems/draining", title: "The service is stopping",
                detail: "send the request again in a few seconds", headers: [.retryAfter: "5"])
        }
    }

    /// Puts a job in the queue and wakes a worker.
    ///
    /// - Returns: the job, and whether its idempotency key had started it before.
    /// - Throws: `Problem` 503 when the queue is full, 422 when the idempotency key was used for something else.
    func submit(_ job: NewJob) async throws -> (job: Job, isReplayed: Bool) {
        var job = job
        let limit = configuration.limits.queuedJobs
        job.queueLimit = limit
        switch try await store.submit(job) {
        case .accepted(let job):
            runner.wake()
            return (job, false)
        case .replayed(let job): return (job, true)
        case .conflict:
            throw Problem(
                .unprocessableContent, type: "/problems/idempotency-key-reused",
                title: "The idempotency key was used for another request",
                detail: "use a new Idempotency-Key for a request with other content")
        case .queueFull:
            throw Problem(
                .serviceUnavailable, type: "/problems/queue-full", title: "The queue is full",
                detail: "\(limit) jobs wait already; send the request again later", headers: [.retryAfter: "10"])
        }
    }

    /// The job with its progress.
    func view(_ job: Job) -> JobView {
        JobView(job: job, progress: job.state.isHeld ? board.entry(job.id) : nil)
    }

    /// Waits for a job's end.
    ///
    /// - Returns: the job as it is at its end or when the time is over.
    func finished(_ job: Job, within duration: Duration) async throws -> JobView {
        try await settled(job.id, within: duration) { $0.job.state.isTerminal } ?? view(job)
    }

    /// Waits until a job is as `isSettled` wants it, or the service stops, which does not wait for those who wait.
    ///
    /// - Returns: the job then, or when the time is over; nil when there is no such job.
    func settled(
        _ id: String, within duration: Duration, _ isSettled: (JobView) -> Bool
    ) async throws -> JobView? {
        let deadline = ContinuousClock.now + duration
        while true {
            let changes = watch.changes(of: id)
            guard let job = try await store.job(id) else { return nil }
            let view = view(job)
            let rest = deadline - ContinuousClock.now
            if isSettled(view) || rest <= .zero || !isReady || Task.isCancelled { return view }
            _ = await waitForChange(changes, timeout: rest)
        }
    }

    /// The answer where a job ended without a result.
    func noResult(_ job: Job) -> Problem {
        if job.state == .cancelled {
            return Problem(
                .conflict, type: "/problems/no-result", title: "The job has no result",
                detail: "the job \(job.id) was cancelled; start a new one")
        }
        let reason = job.error.flatMap { try? JSONValue.parse($0.utf8) }
        var detail = "see \"error\" of /v1/jobs/\(job.id)"
        if case .string(let text)? = reason?["detail"] { detail = text }
        return Problem(
            .conflict, type: "/problems/no-result", title: "The job failed", detail: detail,
            headers: [.contentLocation: "/v1/jobs/\(job.id)"])
    }
}
