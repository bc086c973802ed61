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
            try datasets.checkWritable()
            _ = try await store.counts()
            return .json(.object(["status": .string("ready")]))
        }
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
