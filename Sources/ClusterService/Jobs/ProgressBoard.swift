import AttentionClustering
import Dispatch
import Foundation
import Synchronization

/// How far each running job is, and each that rests in the queue was: kept in memory, never stored.
final class ProgressBoard: Sendable {
    /// What is known of a running job.
    struct Entry: Sendable {
        var phase = FitProgress.Phase.preparing
        /// The time of day at which the job began; nil where that is its claim.
        let beganAt: Date?
        /// When its time budget is used up; nil without one.
        let deadline: ContinuousClock.Instant?
        /// When the phase began.
        var phaseStartedAt: ContinuousClock.Instant
        /// From 0 to 1; it never falls, whatever became of the process that showed it first.
        var fraction: Double
        /// How far the work is; behind ``fraction`` while what was shown before is done again.
        fileprivate(set) var reached: Double
        var iteration = 0
        var objective: Double?
        /// Counts the published changes, at most ``ProgressBoard/publishInterval`` apart.
        var version = 0
        var publishedAt: ContinuousClock.Instant
        var pace: ProgressPace
        /// Whether there is something that is not published yet.
        var isPublishPending = false

        /// - Parameters:
        ///   - fraction: how far the work has come that it goes on with.
        ///   - earlierSeconds: how long that took.
        ///   - shown: what clients have been shown of it.
        ///   - startedAt: when the job began.
        ///   - beganAt: the time of day then.
        ///   - deadline: when its time budget is used up.
        init(
            fraction: Double = 0, earlierSeconds: Double = 0, shown: Double = 0,
            startedAt: ContinuousClock.Instant, beganAt: Date? = nil, deadline: ContinuousClock.Instant? = nil
        ) {
            (self.beganAt, self.deadline) = (beganAt, deadline)
            reached = fraction
            self.fraction = max(fraction, shown)
            // What is reported first is news.
            publishedAt = startedAt - ProgressBoard.publishInterval
            phaseStartedAt = startedAt
            pace = ProgressPace(at: startedAt, fraction: fraction, earlierSeconds: earlierSeconds)
        }

        /// The seconds left if the rest goes on at the present pace, at most those of the time budget; nil while that
        /// cannot be told.
        func remainingSeconds(now: ContinuousClock.Instant) -> Double? {
            guard let deadline else { return pace.remainingSeconds(reached, at: now) }
            let left = max(0, (deadline - now) / .seconds(1))
            return pace.remainingSeconds(reached, at: now, atMost: left)
        }
    }

    /// The least time between two changes that waiting clients are told of.
    static let publishInterval = Duration.milliseconds(500)

    private struct State {
        var entries: [String: Entry] = [:]
        /// How far jobs were that went back to the queue: what is shown of them never falls.
        var resting: [String: Double] = [:]
        /// Whether a timer runs for what is not published yet; one serves all jobs.
        var isTimerSet = false
    }

    private let state = Mutex(State())
    private let watch: JobFeed
    private let phaseEnded: @Sendable (FitProgress.Phase, Duration) -> Void
    private let queue = DispatchQueue(label: "progress")

    /// - Parameter phaseEnded: is told how long each phase of a job took.
    init(watch: JobFeed, phaseEnded: @escaping @Sendable (FitProgress.Phase, Duration) -> Void = { _, _ in }) {
        (self.watch, self.phaseEnded) = (watch, phaseEnded)
    }

    /// A job began to run.
    ///
    /// - Parameters:
    ///   - fraction: how far the work has come that it goes on with.
    ///   - earlierSeconds: how long that took.
    ///   - date: the time of day.
    ///   - deadline: when its time budget is used up.
    func begin(
        _ job: String, fraction: Double = 0, earlierSeconds: Double = 0, at date: Date? = nil,
        deadline: ContinuousClock.Instant? = nil
    ) {
        let now = ContinuousClock.now
        state.withLock { state in
            let shown = state.resting.isEmpty ? 0 : state.resting.removeValue(forKey: job) ?? 0
            state.entries[job] = Entry(
                fraction: fraction, earlierSeconds: earlierSeconds, shown: shown, startedAt: now, beganAt: date,
                deadline: deadline)
        }
    }

    /// A job went on.
    ///
    /// Those who follow it are told at once where the last time is ``publishInterval`` ago, else when it is, even when
    /// nothing more is reported until then.
    func report(_ job: String, _ progress: FitProgress) {
        let now = ContinuousClock.now
        let (ended, isNews, delay) = state.withLock { state -> (Entry.EndedPhase?, Bool, Duration?) in
            guard let index = state.entries.index(forKey: job) else { return (nil, false, nil) }
            let ended = state.entries.values[index].endPhase(before: progress.phase, at: now)
            let rest = state.entries.values[index].take(progress, at: now)
            guard let rest, rest > .zero else { return (ended, rest != nil, nil) }
            defer { state.isTimerSet = true }
            return (ended, false, state.isTimerSet ? nil : rest)
        }
        if let ended { phaseEnded(ended.phase, ended.duration) }
        if isNews { watch.notify(job, isEnd: false) }
        if let delay { setTimer(delay) }
    }

    /// The training of a job is over, and with it its last phase; it may have to wait to be stored, so what was reported
    /// last is told at once.
    func endTraining(_ job: String) {
        let now = ContinuousClock.now
        let (ended, isNews) = state.withLock { state -> (Entry.EndedPhase?, Bool) in
            guard let index = state.entries.index(forKey: job) else { return (nil, false) }
            let isNews = state.entries.values[index].isPublishPending
            if isNews { state.entries.values[index].publish(at: now) }
            return (state.entries.values[index].endPhase(before: nil, at: now), isNews)
        }
        if let ended { phaseEnded(ended.phase, ended.duration) }
        if isNews { watch.notify(job, isEnd: false) }
    }

    /// A job no longer runs.
    func end(_ job: String) {
        state.withLock { state in
            state.entries[job] = nil
            if !state.resting.isEmpty { state.resting[job] = nil }
        }
    }

    /// A job no longer runs here and is to go on some time.
    func rest(_ job: String) {
        state.withLock { state in state.resting[job] = state.entries.removeValue(forKey: job)?.fraction }
    }

    /// A job waits in the queue that an earlier process had brought so far.
    func rest(_ job: String, at fraction: Double) { state.withLock { $0.resting[job] = fraction } }

    /// How far a job is, if it runs.
    func entry(_ job: String) -> Entry? { state.withLock { $0.entries[job] } }

    /// How far a job was when it went back to the queue; 0 where it has not run.
    func restingFraction(_ job: String) -> Double { state.withLock { $0.resting[job] ?? 0 } }

    private func setTimer(_ delay: Duration) {
        queue.asyncAfter(deadline: .now() + delay / .seconds(1)) { [weak self] in self?.publishDue() }
    }

    /// Tells of what has waited long enough, and comes back for the rest.
    private func publishDue() {
        let now = ContinuousClock.now
        let (due, next) = state.withLock { state -> ([String], Duration?) in
            var (due, next) = ([String](), Duration?.none)
            for index in state.entries.indices where state.entries.values[index].isPublishPending {
                let rest = state.entries.values[index].untilPublished(at: now)
                if rest <= .zero {
                    state.entries.values[index].publish(at: now)
                    due.append(state.entries.keys[index])
                } else {
                    next = min(next ?? rest, rest)
                }
            }
            state.isTimerSet = next != nil
            return (due, next)
        }
        for job in due { watch.notify(job, isEnd: false) }
        if let next { setTimer(next) }
    }
}

extension ProgressBoard.Entry {
    /// A phase and how long it took.
    fileprivate typealias EndedPhase = (phase: FitProgress.Phase, duration: Duration)

    /// Ends the phase the job is in, unless that is the next one, too.
    fileprivate mutating func endPhase(
        before next: FitProgress.Phase?, at now: ContinuousClock.Instant
    ) -> EndedPhase? {
        guard phase != next else { return nil }
        defer { phaseStartedAt = now }
        return (phase, now - phaseStartedAt)
    }

    /// Takes down what was reported.
    ///
    /// - Returns: how long to wait before others are told; nil when they will be told already.
    fileprivate mutating func take(_ progress: FitProgress, at now: ContinuousClock.Instant) -> Duration? {
        phase = progress.phase
        if progress.fraction > reached {
            reached = progress.fraction
            fraction = max(reached, fraction)
            pace.add(reached, at: now)
        } else {
            pace.wait(until: now)
        }
        iteration = progress.iteration
        objective = progress.objective
        guard !isPublishPending else { return nil }
        let rest = untilPublished(at: now)
        if rest <= .zero { publish(at: now) } else { isPublishPending = true }
        return rest
    }

    /// How long until a change may be told of.
    fileprivate func untilPublished(at now: ContinuousClock.Instant) -> Duration {
        publishedAt + ProgressBoard.publishInterval - now
    }

    fileprivate mutating func publish(at now: ContinuousClock.Instant) {
        isPublishPending = false
        version += 1
        publishedAt = now
    }
}
