/// Something that happens to a job.
public enum JobEvent: Sendable, Hashable, CaseIterable {
    /// A worker takes the job.
    case claimed
    /// The worker delivers the result.
    case succeeded
    /// The worker reports that the job cannot be computed.
    case failed
    /// A client asks for the job to stop.
    case cancelRequested
    /// The worker reports that it stopped because it was asked to.
    case cancelConfirmed
    /// The worker hands the job back unfinished, because it shuts down.
    case released
    /// The worker is gone without a word: its process ended, or its lease ran out.
    case workerLost
    /// The worker got further than every attempt before it, and what it has is saved.
    case progressed
}

/// What the store has to do after an event.
public enum JobAction: Sendable, Hashable, CaseIterable {
    /// Give the job to the worker under a new attempt number.
    case start
    /// Make the result visible and end the job.
    case publish
    /// End the job without a result; chunks written so far are dropped.
    case end
    /// End the job as failed because no worker survived it; chunks written so far are dropped.
    case giveUp
    /// Put the job back in the queue; chunks written so far are dropped.
    case requeue
    /// Let the worker know that it should stop.
    case askToStop
    /// Count the attempts before this one no longer.
    case forgive
    /// Nothing: the event asks for what is already so.
    case ignore
    /// Nothing, and tell the sender: it does not hold the job, or the event makes no sense in this state.
    case refuse
}

/// The life of a job as a pure function of its events; it has no clock, no database and no concurrency.
///
/// ```swift
/// var machine = JobStateMachine(maximumAttempts: 5)
/// machine.handle(.claimed)          // .start: now running, attempt 1
/// machine.handle(.cancelRequested)  // .askToStop: now cancelling
/// machine.handle(.succeeded)        // .publish: the cancel lost the race, now succeeded
/// ```
public struct JobStateMachine: Sendable, Hashable {
    /// The state after the events so far.
    public private(set) var state: JobState
    /// How often the job was claimed; the number of the current attempt, never used twice.
    public private(set) var attempt: Int
    /// How many of these attempts do not count against ``maximumAttempts``: those that were handed back, and those
    /// before one that got further.
    public private(set) var releases: Int
    /// How many attempts may be spent before a lost worker fails the job.
    public let maximumAttempts: Int

    /// A machine at some point of a job's life.
    public init(state: JobState = .queued, attempt: Int = 0, releases: Int = 0, maximumAttempts: Int) {
        self.state = state
        self.attempt = attempt
        self.releases = releases
        self.maximumAttempts = maximumAttempts
    }

    /// Whether the job may be tried again after losing its present worker.
    public var hasAttemptsLeft: Bool { attempt - releases < maximumAttempts }

    /// Moves on by one event and says what the store has to do; a refused or ignored event changes nothing.
    ///
    /// Complexity: O(1).
    @discardableResult
    public mutating func handle(_ event: JobEvent) -> JobAction {
        switch (state, event) {
        case (.queued, .claimed):
            state = .running
            attempt += 1
            return .start
        case (.running, .succeeded), (.cancelling, .succeeded):
            // In `cancelling` the work was done before the worker saw the request: the cancel lost the race.
            return finish(.succeeded, .publish)
        case (.running, .failed), (.cancelling, .failed):
            return finish(.failed, .end)
        case (.queued, .cancelRequested), (.cancelling, .cancelConfirmed):
            return finish(.cancelled, .end)
        case (.running, .cancelRequested):
            state = .cancelling
            return .askToStop
        case (.running, .released):
            state = .queued
            releases += 1
            return .requeue
        case (.running, .workerLost):
            guard hasAttemptsLeft else { return finish(.failed, .giveUp) }
            state = .queued
            return .requeue
        case (.running, .progressed), (.cancelling, .progressed):
            // A job that gets on is not what ends its workers.
            guard releases < attempt - 1 else { return .ignore }
            releases = attempt - 1
            return .forgive
        case (.cancelling, .released), (.cancelling, .workerLost):
            // Nobody works on it and nobody wants it.
            return finish(.cancelled, .end)
        case (.cancelling, .cancelRequested), (.succeeded, .cancelRequested), (.failed, .cancelRequested),
            (.cancelled, .cancelRequested):
            return .ignore
        case (.queued, _), (.running, _), (.cancelling, _), (.succeeded, _), (.failed, _), (.cancelled, _):
            return .refuse
        }
    }

    private mutating func finish(_ terminal: JobState, _ action: JobAction) -> JobAction {
        state = terminal
        return action
    }
}
