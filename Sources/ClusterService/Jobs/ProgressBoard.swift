import AttentionClustering
import Synchronization

/// How far each running job is: kept in memory, never stored.
final class ProgressBoard: Sendable {
    /// What is known of a running job.
    struct Entry: Sendable {
        var phase = FitProgress.Phase.preparing
        /// From 0 to 1; it never falls.
        var fraction = 0.0
        var iteration = 0
        var objective: Double?
        /// Counts the published changes, at most ``ProgressBoard/publishInterval`` apart.
        var version = 0
        let startedAt: ContinuousClock.Instant
        var publishedAt: ContinuousClock.Instant

        /// The seconds left if the rest goes on at the pace so far; nil while that cannot be told.
        func remainingSeconds(now: ContinuousClock.Instant) -> Double? {
            guard fraction > 0.02 else { return nil }
            let elapsed = (now - startedAt) / .seconds(1)
            return elapsed * (1 - fraction) / fraction
        }
    }

    /// The least time between two changes that waiting clients are told of.
    static let publishInterval = Duration.milliseconds(500)

    private let entries = Mutex<[String: Entry]>([:])
    private let watch: JobWatch

    init(watch: JobWatch) {
        self.watch = watch
    }

    /// A job began to run.
    func begin(_ job: String) {
        let now = ContinuousClock.now
        entries.withLock { $0[job] = Entry(startedAt: now, publishedAt: now) }
    }

    /// A job went on.
    func report(_ job: String, _ progress: FitProgress) {
        let now = ContinuousClock.now
        let isPublished = entries.withLock { entries in
            guard var entry = entries[job] else { return false }
            entry.phase = progress.phase
            entry.fraction = max(progress.fraction, entry.fraction)
            entry.iteration = progress.iteration
            entry.objective = progress.objective
            let isDue = now - entry.publishedAt >= Self.publishInterval
            if isDue {
                entry.version += 1
                entry.publishedAt = now
            }
            entries[job] = entry
            return isDue
        }
        if isPublished { watch.notify(job) }
    }

    /// A job no longer runs.
    func end(_ job: String) { entries.withLock { $0[job] = nil } }

    /// How far a job is, if it runs.
    func entry(_ job: String) -> Entry? { entries.withLock { $0[job] } }
}
