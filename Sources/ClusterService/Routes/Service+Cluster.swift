import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    func addClusterRoutes(to router: inout Router) {
        router.on(.post, "/v1/cluster", bodyLimit: self.limits.clusterBytes) { [self] request, _ in
            try await cluster(request)
        }
    }

    /// `POST /v1/cluster`: clusters the body; a job like any other, with the answer in the response when it is done
    /// within the wait.
    private func cluster(_ request: Request) async throws -> Response {
        let key = try Self.idempotencyKey(request)
        if key == nil { try checkReadiness() }
        let own = Self.storingParameters + ["format"]
        let parameters = try JobParameters(text: request.query.items.filter { !own.contains($0.name) })
        try request.checkQuery(known: own + JobParameterDefinition.all.map(\.name))
        let format = try request.resultFormat()
        let submitted = try await once(key) { try await submitCluster(request, parameters, key) }
        let job = submitted.job
        let wait = Wait(request.headers, limits, defaultWait: limits.defaultWait)
        var headers: HTTPFields = [:]
        if submitted.isReplayed { headers[named: "Idempotent-Replayed"] = "true" }
        headers[.preferenceApplied] = wait.applied
        headers[.location] = "/v1/jobs/\(job.id)"
        let view = try await finished(job, within: wait.duration)
        switch view.job.state {
        case .succeeded:
            headers[.location] = nil
            headers[.contentLocation] = "/v1/jobs/\(job.id)/result"
            return try await result(of: view.job, as: format, headers: headers).packed(for: request)
        case .failed, .cancelled:
            throw noResult(view.job)
        case .queued, .running, .cancelling:
            return .json(view.json, status: .accepted, headers: headers)
        }
    }
}

extension Service {
    /// Stores the points of a request and puts their job in the queue.
    private func submitCluster(
        _ request: Request, _ parameters: JobParameters, _ key: String?
    ) async throws -> SubmittedJob {
        let points = try await receive(request, limit: limits.clusterBytes, isNamed: false)
        let content = points.content
        let text = parameters.json.text
        let idempotency = key.map { idempotencyKey($0, request, content: "\(content.digest)\n\(text)") }
        if let earlier = try await replayed(idempotency) { return earlier }
        try checkReadiness()
        let selection = try await selection(for: parameters, isChosen: true, in: content)
        let submitted = try await submit(
            NewJob(
                datasetETag: content.entityTagText, datasetVersion: content.digest, labels: parameters.labels,
                parameters: text, kind: JobKind.cluster, priority: parameters.priority,
                memory: try memory(for: parameters, rows: content.rows, dimension: selection.count),
                retention: limits.clusterRetention, idempotency: idempotency,
                traceParent: request.trace?.description))
        // Until the job keeps the content, the pin does.
        withExtendedLifetime(points) {}
        return submitted
    }
}

/// The kinds of job.
enum JobKind {
    /// One that `/v1/jobs` started, on a named dataset.
    static let job = "job"
    /// One that `/v1/cluster` started, on its own body.
    static let cluster = "cluster"
}

/// How long a request wants to wait for its job (RFC 7240).
struct Wait {
    let duration: Duration
    /// What `Preference-Applied` says; nil when the client had no preference.
    let applied: String?

    init(_ headers: HTTPFields, _ limits: ServiceLimits, defaultWait: Duration) {
        let preferences = Preferences(headers)
        if let seconds = preferences.wait {
            let granted = min(Duration.seconds(seconds), limits.longestWait)
            duration = granted
            applied = "wait=\(granted.components.seconds)"
        } else if preferences.respondAsync {
            duration = .zero
            applied = "respond-async"
        } else {
            duration = defaultWait
            applied = nil
        }
    }
}
