import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    func addJobRoutes(to router: inout Router) {
        router.on(.post, "/v1/jobs", bodyLimit: self.limits.controlBytes) { [self] request, _ in
            try await createJob(request)
        }
        router.on(.get, "/v1/jobs") { [self] request, _ in try await listJobs(request) }
        router.on(.get, "/v1/jobs/{id}") { [self] request, captures in try await showJob(captures["id"], request) }
        router.on(.post, "/v1/jobs/{id}/cancel") { [self] request, captures in
            try request.checkQuery(known: [])
            return try await cancelJob(captures["id"])
        }
        router.on(.delete, "/v1/jobs/{id}") { [self] request, captures in
            try request.checkQuery(known: [])
            return try await deleteJob(captures["id"])
        }
    }

    /// The job of that id.
    ///
    /// - Throws: `Problem` 404, or 410 when it has expired.
    func job(_ id: String) async throws -> Job {
        if let job = try await visibleJob(id) { return job }
        throw try await missing("job", id)
    }

    /// The answer for an id that stands for nothing now.
    func missing(_ noun: String, _ id: String) async throws -> Problem {
        if try await store.isExpired(id, tenant: Access.current.listedTenant) {
            return Problem(
                .gone, type: "/problems/expired", title: "The \(noun) has expired",
                detail: "results are kept for a limited time, see /v1; start the job again")
        }
        return Problem(
            .notFound, type: "/problems/no-such-\(noun)", title: "There is no such \(noun)",
            detail: "no \(noun) has the id \"\(id.prefix(64))\"; GET /v1/\(noun)s lists them")
    }

    /// `POST /v1/jobs`: starts a job; with `Prefer: wait=N` the answer is the job as it is at its end, or when the time
    /// is over.
    private func createJob(_ request: Request) async throws -> Response {
        try request.checkQuery(known: [])
        let key = try Self.idempotencyKey(request)
        let submitted = try await once(key) { try await submitJob(request, key) }
        let wait = Wait(request.headers, limits, defaultWait: .zero)
        var headers: HTTPFields = [:]
        if submitted.isReplayed { headers[named: "Idempotent-Replayed"] = "true" }
        headers[.preferenceApplied] = wait.applied
        let view =
            wait.duration > .zero && !submitted.job.isDone
            ? try await finished(submitted.job, within: wait.duration) : view(submitted.job)
        headers[.location] = "/v1/jobs/\(submitted.job.id)"
        headers[.eTag] = view.entityTagText
        return .json(view.json, status: .created, headers: headers)
    }

    private func submitJob(_ request: Request, _ key: String?) async throws -> SubmittedJob {
        if key == nil { try checkReadiness() }
        var members = try await request.jsonObject(limit: limits.controlBytes)
        guard let index = members.firstIndex(where: { $0.name == "dataset" }) else {
            throw ParameterFault.problem([
                ParameterFault("dataset", "is missing: name a dataset that PUT /v1/datasets/{name} made")
            ])
        }
        let dataset = members.remove(at: index).value
        guard !members.contains(where: { $0.name == "dataset" }) else {
            throw ParameterFault.problem([ParameterFault("dataset", "is given twice; give it once")])
        }
        guard case .string(let name) = dataset else {
            throw ParameterFault.problem([ParameterFault("dataset", "is the name of a dataset, a string")])
        }
        let webhook = try self.webhook(from: &members)
        let parameters = try JobParameters(json: members)
        let text = parameters.json.text
        let hook = webhook.map { "\n\($0.url)\n\($0.secret)" } ?? ""
        let idempotency = key.map { idempotencyKey($0, request, content: "\(name)\n\(text)\(hook)") }
        if let earlier = try await replayed(idempotency) { return earlier }
        try checkReadiness()
        let datasetKey = try datasetKey(name)
        guard let (entry, pin) = datasets.pinnedEntry(datasetKey) else {
            throw ParameterFault.problem([
                ParameterFault("dataset", "no dataset is called \"\(name.prefix(128))\"; GET /v1/datasets lists them")
            ])
        }
        let selection = try await selection(for: parameters, isChosen: false, in: pin.content)
        let submitted = try await submit(
            NewJob(
                dataset: datasetKey, datasetETag: entry.entityTagText, datasetVersion: pin.content.digest,
                labels: parameters.labels, parameters: text, kind: JobKind.job, priority: parameters.priority,
                memory: try memory(for: parameters, rows: pin.content.rows, dimension: selection.count),
                retention: limits.resultRetention, idempotency: idempotency,
                webhook: webhook, traceParent: request.trace?.description))
        // Until the job keeps the content, the pin does.
        withExtendedLifetime(pin) {}
        return submitted
    }

    /// The key that makes a repeat of this request harmless; nil when the client sent none.
    static func idempotencyKey(_ request: Request) throws -> String? {
        guard var key = request.headers[named: "Idempotency-Key"] else { return nil }
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = String(key.dropFirst().dropLast()) }
        guard !key.isEmpty, key.utf8.count <= 255, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 })
        else {
            throw Problem(
                .badRequest, type: "/problems/invalid-idempotency-key", title: "The idempotency key cannot be used",
                detail: "Idempotency-Key has 1 to 255 visible ASCII characters but quotes, or the same in quotes")
        }
        return key
    }

    /// A key with what it stands for.
    ///
    /// - Parameter content: what the request asks for, in a form in which equal requests are equal.
    func idempotencyKey(_ key: String, _ request: Request, content: String) -> IdempotencyKey {
        let digest = ContentDigest.of(Array("\(request.method.rawValue) \(request.path)\n\(content)".utf8))
        return IdempotencyKey(
            key: key, scope: Access.current.tenant, digest: digest, lifetime: limits.keyLifetime)
    }

    private func listJobs(_ request: Request) async throws -> Response {
        try request.checkQuery(known: ["state", "dataset", "label", "page_size", "page_token"])
        let query = request.query
        let access = Access.current
        var filter = JobFilter(dataset: try query["dataset"].map(datasetKey), tenant: access.listedTenant)
        if let names = query["state"] {
            filter.states = try Set(
                names.parts(at: ",").map { name in
                    guard let state = JobState(rawValue: name) else {
                        let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                        throw ParameterFault.problem([ParameterFault("state", "is one or more of \(known)")])
                    }
                    return state
                })
        }
        if let label = query["label"] {
            let parts = label.parts(at: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw ParameterFault.problem([ParameterFault("label", "is a tag as name=value")])
            }
            filter.label = (parts[0], parts[1])
        }
        let list = Self.pages(of: "jobs", access)
        let (size, cursor) = try page(query, of: list)
        let page: JobPage
        do {
            page = try await store.jobs(matching: filter, limit: size, after: cursor)
        } catch let error as JobStoreError where error.code == .invalidCursor {
            throw Self.invalidPageToken
        }
        let next = page.nextCursor.map { pageTokens.token(for: $0, of: list) }
        var headers: HTTPFields = [:]
        if let next {
            let chosen = access.isTenantChosen ? [(name: "tenant", value: access.tenant)] : []
            let kept = (chosen + query.items.filter { $0.name != "page_token" }).map {
                "\($0.name)=\(percentEncoded($0.value))&"
            }
            headers[named: "Link"] = "</v1/jobs?\(kept.joined())page_token=\(percentEncoded(next))>; rel=\"next\""
        }
        let views = page.jobs.map { view($0).json }
        return .json(
            .object(["jobs": .array(views), "next_page_token": .string(next ?? "")]), headers: headers)
    }

    static let invalidPageToken = ParameterFault.problem([
        ParameterFault("page_token", "is not one that this list gave out; begin without one")
    ])

    /// The list that a page token is good for: of one kind, and of what the request sees.
    static func pages(of kind: String, _ access: Access) -> String { "\(kind) \(access.listedTenant ?? "@")" }

    /// `page_size` and the place in `page_token` of a list.
    func page(_ query: QueryParameters, of list: String) throws -> (size: Int, cursor: String?) {
        var size = 100
        if let text = query["page_size"] {
            do {
                size = try ParameterValue.text(text).integer(1...1_000, "is a whole number from 1 to 1000")
            } catch {
                throw ParameterFault.problem([ParameterFault("page_size", error.detail)])
            }
        }
        guard let token = query["page_token"], !token.isEmpty else { return (size, nil) }
        guard let cursor = pageTokens.cursor(in: token, of: list) else { throw Self.invalidPageToken }
        return (size, cursor)
    }

    private func showJob(_ id: String, _ request: Request) async throws -> Response {
        try request.checkQuery(known: [])
        let known = try request.headers.entityTagCondition(.ifNoneMatch)
        let wait = Wait(request.headers, limits, defaultWait: .zero)
        func isNew(_ view: JobView) -> Bool {
            known?.holdsForIfNoneMatch(EntityTag(view.entityTag)) ?? true
        }
        // A plain poll does not wait, and need not listen for changes.
        let job = try await job(id)
        let found =
            wait.duration == .zero
            ? view(job)
            : try await settled(id, within: wait.duration, isForEnd: known == nil) { view in
                view.job.state.isTerminal || known != nil && isNew(view)
            }
        guard let view = found else { throw try await missing("job", id) }
        var headers: HTTPFields = [.eTag: view.entityTagText]
        headers[.preferenceApplied] = wait.applied
        if !view.job.state.isTerminal { headers[.retryAfter] = "1" }
        guard isNew(view) else { return Response(status: .notModified, headers: headers) }
        return .bytes(encodedJobs.bytes(view), mediaType: "application/json", headers: headers)
    }

    /// `POST /v1/jobs/{id}/cancel`: admitted whatever the state of the store, and a worker is told before that.
    private func cancelJob(_ id: String) async throws -> Response {
        let before = try await job(id)
        if before.state.isHeld { runner.cancel(id) }
        switch try await cancels.cancel(id) {
        case .pending:
            // Also where it waits: a worker that takes it gives it up at once.
            runner.cancel(id)
            watch.notify(id)
            return .json(view(before).json, status: .accepted)
        case .taken(nil): throw try await missing("job", id)
        case .taken(.alreadyFinished(let job)?):
            // The worker may have been faster than the record of what it was asked for.
            let isOurs = before.state.isHeld && job.state == .cancelled
            return .json(view(job).json, status: isOurs ? .accepted : .ok)
        case .taken(let outcome?): return .json(view(outcome.job).json, status: .accepted)
        }
    }

    private func deleteJob(_ id: String) async throws -> Response {
        let job = try await job(id)
        switch try await store.delete(id) {
        case .deleted:
            datasets.noteReleased([job.datasetVersion])
            webhooks.forget([id])
            return Response(status: .noContent)
        case .unknown: throw try await missing("job", id)
        case .stillActive:
            throw Problem(
                .conflict, type: "/problems/job-active", title: "The job is not done",
                detail: "cancel it first with POST /v1/jobs/\(id)/cancel")
        }
    }
}

/// A query value with everything but unreserved characters (RFC 3986, section 2.3) percent-encoded.
private func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            encoded += "%" + Hexadecimal.text([byte]).uppercased()
        }
    }
    return encoded
}
