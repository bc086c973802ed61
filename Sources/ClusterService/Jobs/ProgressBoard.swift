import AttentionClustering
import Dispatch
import Synchronization

/// How far each running job is: kept in memory, never stored.
final class ProgressBoard: Sendable {
    /// What is known of a running job.
    struct Entry: Sendable {
        var phase = FitProgress.Phase.preparing
        /// When the phase began.
        var phaseStartedAt: ContinuousClock.Instant
        /// From 0 to 1; it never falls.
        var fraction = 0.0
        var iteration = 0
        var objective: Double?
        /// Counts the published changes, at most ``ProgressBoard/publishInterval`` apart.
        var version = 0
        var publishedAt: ContinuousClock.Instant
        var pace: ProgressPace
        /// Whether there is something that is not published yet.
        var isPublishPending = false

        init(fraction: Double = 0, startedAt: ContinuousClock.Instant) {
            self.fraction = fraction
            publishedAt = startedAt
            phaseStartedAt = startedAt
            pace = ProgressPace(at: startedAt, fraction: fraction)
        }

        /// The seconds left if the rest goes on at the present pace; nil while that cannot be told.
        func remainingSeconds(now: ContinuousClock.Instant) -> Double? { pace.remainingSeconds(fraction, at: now) }
    }

    /// The least time between two changes that waiting clients are told of.
    static let publishInterval = Duration.milliseconds(500)

    private let entries = Mutex<[String: Entry]>([:])
    private let watch: JobFeed
    private let phaseEnded: @Sendable (FitProgress.Phase, Duration) -> Void
    private let queue = DispatchQueue(label: "progress")

    /// - Parameter phaseEnded: is told how long each phase of a job took.
    init(watch: JobFeed, phaseEnded: @escaping @Sendable (FitProgress.Phase, Duration) -> Void = { _, _ in }) {
        (self.watch, self.phaseEnded) = (watch, phaseEnded)
    }

    /// A job began to run.
    ///
    /// - Parameter fraction: how far it had come before.
    func begin(_ job: String, fraction: Double = 0) {
        let now = ContinuousClock.now
        entries.withLock { $0[job] = Entry(fraction: fraction, startedAt: now) }
    }

    /// A job went on.
    ///
    /// Those who follow it are told at once where the last time is ``publishInterval`` ago, else when it is, even when
    /// nothing more is reported until then.
    func report(_ job: String, _ progress: FitProgress) {
        let now = ContinuousClock.now
        endPhase(job, before: progress.phase, at: now)
        let delay = entries.withLock { entries -> Duration? in
            guard entries[job] != nil else { return nil }
            return entries[job, default: Entry(startedAt: now)].take(progress, at: now)
        }
        guard let delay else { return }
        if delay <= .zero { return watch.notify(job) }
        queue.asyncAfter(deadline: .now() + delay / .seconds(1)) { [weak self] in self?.publish(job) }
    }

    /// The training of a job is over, and with it its last phase; it may have to wait to be stored.
    func endTraining(_ job: String) { endPhase(job, before: nil, at: .now) }

    private func endPhase(_ job: String, before next: FitProgress.Phase?, at now: ContinuousClock.Instant) {
        let ended = entries.withLock { entries -> (FitProgress.Phase, Duration)? in
            guard let entry = entries[job], entry.phase != next else { return nil }
            entries[job]?.phaseStartedAt = now
            return (entry.phase, now - entry.phaseStartedAt)
        }
        if let (phase, duration) = ended { phaseEnded(phase, duration) }
    }

    /// A job no longer runs.
    func end(_ job: String) { entries.withLock { $0[job] = nil } }

    /// How far a job is, if it runs.
    func entry(_ job: String) -> Entry? { entries.withLock { $0[job] } }

    private func publish(_ job: String) {
        let isPending = entries.withLock { entries in
            guard entries[job]?.isPublishPending == true else { return false }
            entries[job]?.publish(at: .now)
            return true
        }
        if isPending { watch.notify(job) }
    }
}

extension ProgressBoard.Entry {
    /// Takes down what was reported.
    ///
    /// - Returns: how long to wait before others are told; nil when they will be told already.
    fileprivate mutating func take(_ progress: FitProgress, at now: ContinuousClock.Instant) -> Duration? {
        phase = progress.phase
        fraction = max(progress.fraction, fraction)
        iteration = progress.iteration
        objective = progress.objective
        pace.add(fraction, at: now)
        guard !isPublishPending else { return nil }
        let rest = publishedAt + ProgressBoard.publishInterval - now
        if rest <= .zero { publish(at: now) } else { isPublishPending = true }
        return rest
    }

    fileprivate mutating func publish(at now: ContinuousClock.Instant) {
        isPublishPending = false
        version += 1
        publishedAt = now
    }
}
