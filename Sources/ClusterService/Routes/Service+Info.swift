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
            try checkReadiness()
            try datasets.checkWritable()
            _ = try await store.counts()
            return .json(.object(["status": .string("ready")]))
        }
    }

    /// Name, version, formats, limits and defaults, as `GET /v1` shows them.
    private var information: JSONValue {
        let limits = configuration.limits
        func seconds(_ duration: Duration) -> JSONValue { .integer(Int(duration.components.seconds)) }
        return .object([
            "name": .string(Engine.name),
            "version": .string(Engine.version),
            "formats": .object([
                "in": .array(PointFormat.allCases.map { .string($0.mediaType) }),
                "out": .array(ResultFormat.allCases.map { .string($0.essence) }),
            ]),
            "limits": .object([
                "dataset_bytes": .integer(limits.datasetBytes),
                "cluster_bytes": .integer(limits.clusterBytes),
                "control_bytes": .integer(limits.controlBytes),
                "columns": .integer(limits.columns),
                "stored_bytes": .integer(limits.storedBytes),
                "datasets": .integer(limits.datasets),
                "queued_jobs": .integer(limits.queuedJobs),
                "running_jobs": .integer(configuration.workers),
                "default_wait_seconds": seconds(limits.defaultWait),
                "longest_wait_seconds": seconds(limits.longestWait),
                "result_retention_seconds": seconds(limits.resultRetention),
                "cluster_retention_seconds": seconds(limits.clusterRetention),
            ]),
            "http": serverLimits,
            "defaults": JobParameters().json,
        ])
    }

    /// The limits of the HTTP server.
    private var serverLimits: JSONValue {
        let limits = configuration.serverLimits
        func seconds(_ duration: Duration) -> JSONValue { .number(duration / .seconds(1)) }
        return .object([
            "request_line_bytes": .integer(limits.requestLine),
            "header_bytes": .integer(limits.headerSection),
            "header_fields": .integer(limits.headerFields),
            "handshake_timeout_seconds": seconds(limits.handshakeTimeout),
            "head_timeout_seconds": seconds(limits.headTimeout),
            "body_timeout_seconds": seconds(limits.bodyTimeout),
            "body_bytes_per_second": .integer(limits.bodyBytesPerSecond),
            "write_stall_timeout_seconds": seconds(limits.writeStallTimeout),
            "idle_timeout_seconds": seconds(limits.idleTimeout),
            "requests_per_connection": .integer(limits.requestsPerConnection),
            "connections": .integer(limits.connections),
            "connections_per_address": .integer(limits.connectionsPerAddress),
        ])
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
