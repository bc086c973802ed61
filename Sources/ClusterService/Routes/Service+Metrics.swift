import Foundation
public import HTTPServer
import HTTPTypes
import JobStore
import PrometheusMetrics

extension Service {
    /// `GET /metrics` alone, for a port of its own.
    ///
    /// - Parameter isGuarded: whether it needs a key where other routes do.
    public func metricsRouter(isGuarded: Bool) -> Router {
        var router = Router()
        router.logger = configuration.logger
        router.front =
            isGuarded
            ? front
            : { [self] request, routes in
                do throws(Problem) { try accessRules.metrics.checkHost(of: request) } catch {
                    return error.response(requestID: request.id)
                }
                return await routes(request)
            }
        addMetricsRoute(to: &router)
        return router
    }

    func addMetricsRoute(to router: inout Router) {
        router.on(.get, "/metrics") { [self] request, _ in
            try request.checkQuery(known: [])
            return .bytes(
                Array(metrics.registry.exposition(with: try await metricSamples()).utf8),
                mediaType: PrometheusRegistry.mediaType)
        }
    }

    /// What is read only when it is asked for.
    private func metricSamples() async throws -> [MetricSample] {
        let counts = try await store.counts()
        var samples = ProcessFigures.samples()
        samples += JobState.allCases.map { state in
            MetricSample(
                "clusterd_jobs", "Stored jobs by their state.", labels: [("state", state.rawValue)],
                value: Double(counts[state] ?? 0))
        }
        let waiting = counts[.queued] ?? 0
        let oldest = waiting > 0 ? try await store.oldestQueued() : nil
        samples += [
            MetricSample("clusterd_queue_jobs", "Jobs that wait in the queue.", value: Double(waiting)),
            MetricSample(
                "clusterd_queue_jobs_limit", "The most jobs that may wait.",
                value: Double(limits.queuedJobs)),
            MetricSample(
                "clusterd_queue_oldest_age_seconds", "Time since the first of the waiting jobs was submitted.",
                value: oldest.map { max(0, clock.now.timeIntervalSince($0)) } ?? 0),
            MetricSample(
                "clusterd_workers", "Jobs that may run at the same time.", value: Double(configuration.workers)),
            MetricSample(
                "clusterd_memory_budget_bytes", "Memory that running jobs may need together, by estimate.",
                value: Double(configuration.memoryBudget)),
        ]
        let hooks = webhooks.counts
        samples += Webhook.State.allCases.map { state in
            MetricSample(
                "clusterd_webhooks", "Webhooks of stored jobs by the state of their delivery.",
                labels: [("state", state.rawValue)], value: Double(hooks[state] ?? 0))
        }
        let usage = datasets.usage
        samples += [
            MetricSample("clusterd_datasets", "Named datasets.", value: Double(usage.names)),
            MetricSample("clusterd_stored_bytes", "Bytes of stored point sets.", value: Double(usage.bytes)),
            MetricSample(
                "clusterd_stored_bytes_limit", "The most bytes that stored point sets may take.",
                value: Double(limits.storedBytes)),
            MetricSample(
                "clusterd_ready", "1 while the service runs, 0 while it stops; /readyz looks at the disk, too.",
                value: isReady ? 1 : 0),
            MetricSample(
                "clusterd_build_info", "1, with the version.", labels: [("version", Engine.version)], value: 1),
        ]
        return samples
    }
}
