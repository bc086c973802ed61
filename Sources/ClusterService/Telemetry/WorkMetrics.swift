import AttentionClustering
import CoreMetrics
import Foundation
import JobStore
import PrometheusMetrics

// Foundation has a timer too.
private typealias Timer = CoreMetrics.Timer

/// What is counted of the work behind the requests: runs of jobs, their phases, checkpoints and webhooks.
final class WorkMetrics: Sendable {
    private let waits: Timer
    private let runs: [RunOutcome: Counter]
    private let runTime: [RunOutcome: Timer]
    private let phases: [FitProgress.Phase: Timer]
    private let points: Counter
    private let pace: Recorder
    private let checkpoints: Counter
    private let checkpointBytes: Counter
    private let failedCheckpoints: Counter
    private let webhooks: [WebhookOutcome: Counter]

    private enum RunOutcome: String, CaseIterable {
        case succeeded
        case failed
        /// Cancelled, or handed back because the service stops.
        case stopped
    }

    private enum WebhookOutcome: String, CaseIterable {
        case delivered
        /// Not delivered, to be tried again.
        case retried
        case failed
    }

    /// The bounds of times that jobs take, in seconds.
    private static let times = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200]

    init(registry: PrometheusRegistry) {
        func timer(_ name: String, _ help: String) -> (_ labels: [(String, String)]) -> Timer {
            registry.describe(name, help, bounds: Self.times)
            return { Timer(label: name, dimensions: $0, factory: registry) }
        }
        func counter(_ name: String, _ help: String) -> (_ labels: [(String, String)]) -> Counter {
            registry.describe(name, help)
            return { Counter(label: name, dimensions: $0, factory: registry) }
        }
        waits = timer("clusterd_job_wait_seconds", "Time from a job's submission to the start of its run.")([])
        let runs = counter("clusterd_job_runs_total", "Runs of jobs that ended, by how.")
        self.runs = RunOutcome.series { runs([("outcome", $0)]) }
        let runTime = timer("clusterd_job_run_seconds", "Time that runs of jobs took, by how they ended.")
        self.runTime = RunOutcome.series { runTime([("outcome", $0)]) }
        let phases = timer("clusterd_phase_seconds", "Time that the phases of runs took.")
        self.phases = FitProgress.Phase.series { phases([("phase", $0)]) }
        points = counter("clusterd_trained_points_total", "Points of the runs that succeeded.")([])
        registry.describe(
            "clusterd_training_points_per_second", "Points a second of runs that succeeded.",
            bounds: [1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7])
        pace = Recorder(label: "clusterd_training_points_per_second", factory: registry)
        checkpoints = counter("clusterd_checkpoints_total", "Checkpoints of running jobs that were written.")([])
        checkpointBytes = counter("clusterd_checkpoint_bytes_total", "Bytes of the checkpoints written.")([])
        failedCheckpoints = counter(
            "clusterd_checkpoint_failures_total", "Checkpoints that could not be written.")([])
        let webhooks = counter("clusterd_webhook_attempts_total", "Posts to webhooks, by their outcome.")
        self.webhooks = WebhookOutcome.series { webhooks([("outcome", $0)]) }
    }

    /// A job begins to run.
    func runBegan(_ job: Job) {
        guard let startedAt = job.startedAt else { return }
        waits.recordSeconds(max(0, startedAt.timeIntervalSince(job.createdAt)))
    }

    /// A run has ended.
    func runEnded(_ result: Result<TrainedJob, any Error>, after duration: Duration) {
        let outcome: RunOutcome
        switch result {
        case .success(let trained):
            outcome = .succeeded
            points.increment(by: trained.summary.n)
            pace.record(Double(trained.summary.n) / max(duration / .seconds(1), 1e-9))
        case .failure(is CancellationError): outcome = .stopped
        case .failure: outcome = .failed
        }
        runs[outcome]?.increment()
        runTime[outcome]?.recordSeconds(duration / .seconds(1))
    }

    /// A phase of a run has ended.
    func phaseEnded(_ phase: FitProgress.Phase, after duration: Duration) {
        phases[phase]?.recordSeconds(duration / .seconds(1))
    }

    /// A checkpoint has come to the disk.
    func checkpointWritten(bytes: Int) {
        checkpoints.increment()
        checkpointBytes.increment(by: bytes)
    }

    /// A checkpoint could not be written.
    func checkpointFailed() { failedCheckpoints.increment() }

    /// A webhook was posted, or could not be.
    func webhookTried(_ attempt: WebhookAttempt) {
        let outcome: WebhookOutcome =
            switch attempt.next {
            case .delivered: .delivered
            case .giveUp: .failed
            case .retry: .retried
            }
        webhooks[outcome]?.increment()
    }
}

extension CaseIterable where Self: RawRepresentable<String> & Hashable {
    /// A series for each case, there from the start, so that rates know of the first event.
    fileprivate static func series<Series>(_ make: (String) -> Series) -> [Self: Series] {
        allCases.reduce(into: [:]) { $0[$1] = make($1.rawValue) }
    }
}
