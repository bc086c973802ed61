import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    /// Refuses new work while the service stops.
    func checkReadiness() throws {
        guard isReady else { throw Self.stopping }
    }

    static var stopping: Problem {
        Problem(
            .serviceUnavailable, type: "/problems/draining", title: "The service is stopping",
            detail: "send the request again in a few seconds", headers: [.retryAfter: "5"])
    }

    /// Runs `body`, which reads a request and puts its job in the queue, as the only one under its idempotency key.
    ///
    /// Repeats of what is stored already need not be alone, and do not hold each other up.
    ///
    /// - Throws: `Problem` 409 while the first request under the key runs.
    func once(_ key: String?, _ body: () async throws -> SubmittedJob) async throws -> SubmittedJob {
        guard let key else { return try await body() }
        let tenant = Access.current.tenant
        let name = IdempotencyKey(key: key, scope: tenant, digest: "")
        if try await store.earlierSubmission(name) != nil { return try await body() }
        return try await keysInFlight.only("\(tenant) \(key)", body)
    }

    /// The job that an earlier request under the same idempotency key started; nil when the key is free or there is
    /// none.
    ///
    /// To be asked before anything that a repeat must not depend on: readiness, room in the queue, the dataset.
    func replayed(_ key: IdempotencyKey?) async throws -> SubmittedJob? {
        guard let key, let earlier = try await store.earlierSubmission(key) else { return nil }
        return try submitted(earlier)
    }

    /// Puts a job in the queue and wakes a worker.
    ///
    /// - Throws: `Problem` 503 when the queue is full or the service stops, 422 when the idempotency key was used for
    ///   something else, 410 when its job has expired.
    func submit(_ job: NewJob) async throws -> SubmittedJob {
        try checkReadiness()
        var job = job
        job.queueLimit = limits.queuedJobs
        // An administrator's job on another tenant's dataset is that tenant's, which can see what uses its dataset.
        job.tenant = job.dataset.map { TenantName.parts(of: $0).tenant } ?? Access.current.tenant
        job.tenantLimit = Access.current.limits.jobs
        let submission = try await store.submit(job)
        if let target = job.webhook, case .accepted(let accepted) = submission { webhooks.add(target, of: accepted.id) }
        return try submitted(submission)
    }

    /// The columns of stored points that a job is to use, after all that can be checked before it runs.
    ///
    /// - Parameter isChosen: whether the points were stored with the chosen columns alone.
    /// - Throws: `Problem` 422 for parameters and weights that cannot be used.
    func selection(
        for parameters: JobParameters, isChosen: Bool, in content: DatasetDescription
    ) async throws -> ColumnSelection {
        let selection = try ColumnSelection(parameters, isChosen: isChosen, among: content.columnNames)
        try parameters.check(
            rows: content.rows, dimension: selection.count, isConstant: selection.isConstant(in: content))
        if let weights = selection.weights, !weights.isUsable(in: content) {
            try await offload.run { [datasets] in try weights.check(datasets.open(digest: content.digest).rows) }
        }
        return selection
    }

    /// How much memory a job will need.
    ///
    /// - Throws: `Problem` 422 when it is more than all jobs together may have: it would wait for ever.
    func memory(for parameters: JobParameters, rows: Int, dimension: Int) throws -> Int {
        let need = parameters.memoryEstimate(
            count: rows, dimension: dimension, threads: configuration.threadsPerJob)
        guard need > configuration.memoryBudget else { return need }
        func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
        throw Problem(
            .unprocessableContent, type: "/problems/not-enough-memory", title: "The job needs too much memory",
            detail: "clustering \(rows) points of \(dimension) columns needs about \(mebibytes(need)) MiB and all "
                + "jobs together may have \(mebibytes(configuration.memoryBudget)); send fewer points or columns, or start the "
                + "service with a larger --memory-budget")
    }

    private func submitted(_ submission: Submission) throws -> SubmittedJob {
        switch submission {
        case .accepted(let job):
            runner.wake()
            return SubmittedJob(job: job, isReplayed: false)
        case .replayed(let job): return SubmittedJob(job: job, isReplayed: true)
        case .expired(let id):
            throw Problem(
                .gone, type: "/problems/expired", title: "The job of this idempotency key has expired",
                detail:
                    "\(id) was started under this key and is no longer kept; use a new Idempotency-Key to run it again"
            )
        case .conflict:
            throw Problem(
                .unprocessableContent, type: "/problems/idempotency-key-reused",
                title: "The idempotency key was used for another request",
                detail: "use a new Idempotency-Key for a request with other content")
        case .tenantFull: throw Problem.tooManyJobs(Access.current.limits.jobs ?? 0)
        case .queueFull:
            let limit = limits.queuedJobs
            throw Problem(
                .serviceUnavailable, type: "/problems/queue-full", title: "The queue is full",
                detail: "\(limit) jobs wait already; send the request again later", headers: [.retryAfter: "10"])
        }
    }

    /// The job with its progress.
    func view(_ job: Job) -> JobView {
        let progress = job.state.isHeld ? board.entry(job.id) : nil
        return JobView(
            job: job, progress: progress,
            restingFraction: progress == nil && !job.state.isTerminal ? board.restingFraction(job.id) : 0,
            isCancelPending: cancels.contains(job.id), webhook: webhooks.webhook(of: job))
    }

    /// Begins to follow a job.
    func follow(_ id: String) -> JobFollower {
        watch.follow(id) { [self] in
            store.recentJob(id).map(view)
        } load: { [self] in
            try await store.job(id).map(view)
        }
    }

    /// Waits for a job's end.
    ///
    /// - Returns: the job as it is at its end or when the time is over.
    func finished(_ job: Job, within duration: Duration) async throws -> JobView {
        try await settled(job.id, within: duration, isForEnd: true) { $0.job.state.isTerminal } ?? view(job)
    }

    /// Waits until a job is as `isSettled` wants it, or the service stops, which does not wait for those who wait.
    ///
    /// - Parameter isForEnd: whether only the job's end can be what is wanted.
    /// - Returns: the job then, or when the time is over; nil when there is no such job.
    /// - Throws: `Problem` 401 where the key was revoked meanwhile.
    func settled(
        _ id: String, within duration: Duration, isForEnd: Bool, _ isSettled: (JobView) -> Bool
    ) async throws -> JobView? {
        let deadline = ContinuousClock.now + duration
        guard duration > .zero, isReady else { return try await store.job(id).map(view) }
        let follower = follow(id)
        var seen: UInt64 = 0
        while true {
            let news = await follower.news(after: seen, until: deadline, isForEnd: isForEnd)
            guard Access.current.isGood() else { throw Problem.unauthenticated(isWrong: true) }
            switch news {
            case .snapshot(let snapshot):
                seen = snapshot.sequence
                guard let view = snapshot.view else { return nil }
                if isSettled(view) { return view }
            case .none: return try await store.job(id).map(view)
            case .failure(let error): throw error
            }
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

/// A job that a request started, or had started before.
struct SubmittedJob: Sendable {
    let job: Job
    /// Whether its idempotency key had started it before.
    let isReplayed: Bool
}
