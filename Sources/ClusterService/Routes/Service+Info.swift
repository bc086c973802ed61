import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

extension Service {
    func addInfoRoutes(to router: inout Router) {
        router.on(.get, "/") { _, _ in
            .bytes(Array(Self.startPage.utf8), mediaType: "text/plain; charset=utf-8")
        }
        router.on(.get, "/v1") { [self] request, _ in
            try request.checkQuery(known: [])
            return .json(information)
        }
        router.on(.get, "/livez") { _, _ in .json(.object(["status": .string("ok")])) }
        router.on(.get, "/readyz") { [self] _, _ in
            guard isOffered else { throw Self.stopping }
            do {
                try datasets.checkWritable()
                try await checkJobs()
            } catch let error where Self.problem(storing: error)?.type == Problem.storageFull.type {
                throw Problem(
                    .serviceUnavailable, type: Problem.storageFull.type, title: Problem.storageFull.title,
                    detail: "nothing can be stored; delete datasets no longer needed or free space on the disk",
                    headers: [.retryAfter: "5"])
            }
            return .json(.object(["status": .string("ready")]))
        }
    }

    /// Returns where jobs can be read and accepted now.
    ///
    /// - Throws: `Problem` 503 when that is not known soon: those who ask do not wait for as long as a client does;
    ///   `JobStoreError` as the store does.
    private func checkJobs() async throws {
        let (known, continuation) = AsyncStream.makeStream(of: Void.self)
        let check = Task {
            defer { continuation.yield() }
            _ = try await store.counts()
            try await store.checkWritable()
        }
        guard await waitForChange(known, timeout: .seconds(2)) else {
            throw Problem(
                .serviceUnavailable, type: "/problems/storage-unavailable", title: "The job database cannot be written",
                detail: "it takes no write at the moment; another program may have locked it",
                headers: [.retryAfter: "5"])
        }
        try await check.value
    }

    /// Name, version, formats, limits and defaults, as `GET /v1` shows them.
    private var information: JSONValue {
        return .object([
            "name": .string(Engine.name),
            "version": .string(Engine.version),
            "formats": .object([
                "in": .array(PointFormat.mediaTypes.map(JSONValue.string)),
                "out": .array(ResultFormat.allCases.map { .string($0.essence) }),
            ]),
            "limits": .object(
                Self.members(of: limits, ServiceLimits.settings)
                    + [
                        .init(name: "running_jobs", value: .integer(configuration.workers)),
                        .init(name: "memory_bytes", value: .integer(configuration.memoryBudget)),
                    ]),
            "http": .object(Self.members(of: serverLimits, ServerLimits.settings)),
            "defaults": JobParameters().json,
        ])
    }

    private static func members<Limits>(
        of limits: Limits, _ settings: [LimitSetting<Limits>]
    ) -> [JSONValue.Member] {
        settings.map { setting in
            switch setting.value(in: limits) {
            case .count(let count): .init(name: setting.name, value: .integer(count))
            case .seconds(let seconds):
                .init(name: setting.name, value: Int(exactly: seconds).map(JSONValue.integer) ?? .number(seconds))
            }
        }
    }

    private static let startPage = """
        \(Engine.name) \(Engine.version): clusters points with attention heads.

        curl --data-binary @points.csv 'http://HOST:PORT/v1/cluster?k=3'
        curl -H 'Accept: text/csv' --data-binary @points.csv 'http://HOST:PORT/v1/cluster?k=3'
        curl -T points.csv http://HOST:PORT/v1/datasets/
        curl --json '{"dataset":"points.csv","k":3}' http://HOST:PORT/v1/jobs
        curl -H 'Prefer: wait=30' http://HOST:PORT/v1/jobs/JOB

        GET /v1 lists formats, limits and defaults.

        """
}
