import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

extension Service {
    func addDatasetRoutes(to router: inout Router) {
        router.on(.get, "/v1/datasets") { [self] request, _ in
            try request.checkQuery(known: [])
            return .json(
                .object(["datasets": .array(datasets.entries().filter { Access.current.sees($0.tenant) }.map(\.json))]))
        }
        router.on(.post, "/v1/datasets", bodyLimit: self.limits.datasetBytes) { [self] request, _ in
            let name = "dataset-" + UUID().uuidString.lowercased()
            var response = try await putDataset(name, request)
            response.headers[.location] = "/v1/datasets/\(name)"
            return response
        }
        router.on(.put, "/v1/datasets/{name}", bodyLimit: self.limits.datasetBytes) { [self] request, captures in
            try await putDataset(captures["name"], request)
        }
        router.on(.get, "/v1/datasets/{name}") { [self] request, captures in
            try request.checkQuery(known: [])
            let entry = try dataset(captures["name"])
            return try Self.unlessKnown(request, entry.entityTag) { .json(entry.json, headers: $0) }
        }
        router.on(.get, "/v1/datasets/{name}/content") { [self] request, captures in
            try await datasetContent(captures["name"], request)
        }
        router.on(.post, "/v1/datasets/{name}/rows", bodyLimit: self.limits.datasetBytes) { [self] request, captures in
            try await appendRows(captures["name"], request)
        }
        router.on(.delete, "/v1/datasets/{name}") { [self] request, captures in
            try request.checkQuery(known: [])
            return try await deleteDataset(captures["name"], request)
        }
    }

    /// The dataset of that name.
    ///
    /// - Throws: `Problem` 404.
    func dataset(_ name: String) throws -> DatasetEntry {
        guard let entry = datasets.entry(try datasetKey(name)) else { throw Self.noDataset(name) }
        return entry
    }

    static func noDataset(_ name: String) -> Problem {
        Problem(
            .notFound, type: "/problems/no-such-dataset", title: "There is no such dataset",
            detail: "no dataset is called \"\(name.prefix(128))\"; GET /v1/datasets lists them")
    }

    private func putDataset(_ name: String, _ request: Request) async throws -> Response {
        try checkReadiness()
        try request.checkQuery(known: Self.storingParameters)
        try DatasetEntry.checkName(name)
        guard request.headers[.contentRange] == nil else {
            throw Problem(
                .badRequest, type: "/problems/partial-put", title: "A part of a dataset cannot be put",
                detail: "send the whole dataset without Content-Range (with curl: without -C), or put rows behind it "
                    + "with POST /v1/datasets/\(name)/rows")
        }
        // Refuse before the body is read, and look again when it is there: another upload may have come between.
        let key = Access.current.key(name)
        let current = datasets.entry(key)
        try Self.checkConditions(request, current)
        do {
            if current == nil {
                try datasets.checkCount()
                try Self.checkCount(in: datasets, Access.current)
            }
        } catch {
            throw Self.problem(receiving: error)
        }
        let points = try await receive(request, limit: limits.datasetBytes, replacing: current)
        let (entry, isNew) = try await assign(key, to: points.pin, format: points.format.rawValue) { previous in
            try Self.checkConditions(request, previous)
        }
        return .json(entry.json, status: isNew ? .created : .ok, headers: [.eTag: entry.entityTagText])
    }

    /// Lets a name stand for pinned content.
    ///
    /// - Throws: `Problem` 429 for one dataset too many, 507 when the disk is full, and what `permit` throws.
    func assign(
        _ key: String, to pin: DatasetStore.Pin, format: String,
        permit: @escaping @Sendable (DatasetEntry?) throws -> Void
    ) async throws -> (entry: DatasetEntry, isNew: Bool) {
        do {
            return try await offload.run { [datasets, clock, access = Access.current] in
                try datasets.assign(key, to: pin, format: format, now: clock.now) { previous in
                    try permit(previous)
                    try Self.checkRoom(for: pin.content, replacing: previous, in: datasets, access)
                }
            }
        } catch {
            throw Self.problem(receiving: error)
        }
    }

    private func deleteDataset(_ name: String, _ request: Request) async throws -> Response {
        let key = try dataset(name).name
        let active = try await store.activeJobs(usingDataset: key)
        guard active == 0 else {
            throw Problem(
                .conflict, type: "/problems/dataset-in-use", title: "Jobs use the dataset",
                detail: "jobs on \"\(name)\" that are not done: \(active); wait for them or cancel them first")
        }
        let isRemoved = try await offload.run { [datasets] in
            try datasets.remove(key) { try Self.checkConditions(request, $0) }
        }
        guard isRemoved else { throw Self.noDataset(name) }
        return Response(status: .noContent)
    }

    /// What `answer` makes, or 304 where the client has it already.
    ///
    /// - Throws: `Problem` 412 where `If-Match` does not hold.
    static func unlessKnown(
        _ request: Request, _ tag: EntityTag?, _ answer: (HTTPFields) throws -> Response
    ) throws -> Response {
        var headers: HTTPFields = [:]
        headers[.eTag] = tag?.description
        switch try request.headers.precondition(current: tag, method: request.method) {
        case .proceed: return try answer(headers)
        case .notModified: return Response(status: .notModified, headers: headers)
        case .failed: throw preconditionFailed(tag?.description)
        }
    }

    /// `If-Match` and `If-None-Match` of a request that changes a dataset (RFC 9110, section 13).
    static func checkConditions(_ request: Request, _ current: DatasetEntry?) throws {
        let outcome = try request.headers.precondition(current: current?.entityTag, method: request.method)
        guard outcome == .proceed else { throw preconditionFailed(current?.entityTagText) }
    }

    private static func preconditionFailed(_ tag: String?) -> Problem {
        Problem(
            .preconditionFailed, type: "/problems/precondition-failed", title: "The dataset is not as expected",
            detail: tag.map { "its entity tag is \($0)" } ?? "there is no such dataset")
    }
}
