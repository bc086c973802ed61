/// How a running fit is limited, watched and stopped.
public struct FitControl: Sendable {
    /// How many threads passes over the points may use; results do not depend on it.
    public var threads: Int
    /// Asked between blocks of points, on any thread and from several at once; must be cheap.
    public var decide: @Sendable () -> FitDecision
    /// Told after every iteration and now and then inside long passes, by one thread at a time.
    public var report: (@Sendable (FitProgress) -> Void)?
    /// How the fit can be continued after an interruption; nil when nobody wants to.
    public var checkpoints: FitCheckpoints?

    /// Creates a control; by default one thread, never stopped, not watched.
    public init(
        threads: Int = 1,
        decide: @escaping @Sendable () -> FitDecision = { .proceed },
        report: (@Sendable (FitProgress) -> Void)? = nil,
        checkpoints: FitCheckpoints? = nil
    ) {
        self.threads = threads
        self.decide = decide
        self.report = report
        self.checkpoints = checkpoints
    }
}

extension FitControl {
    /// The same control, without reports.
    var unwatched: FitControl { FitControl(threads: threads, decide: decide) }
}

/// What a running fit shall do next.
public enum FitDecision: Sendable {
    /// Go on.
    case proceed
    /// End now with the best result so far, and ``StopReason/timeBudget``.
    case finish
    /// End now with a `CancellationError`.
    case cancel
}

/// How far a fit has come.
public struct FitProgress: Sendable, Equatable {
    /// The stages of a fit, in order.
    public enum Phase: String, Sendable, Codable, CaseIterable {
        /// Checking the points and measuring their moments.
        case preparing
        /// Training the heads.
        case training
        /// Refining centroids in data space.
        case refining
        /// Assigning every point and measuring the result.
        case assigning
    }

    /// The stage.
    public let phase: Phase
    /// The share of the whole fit that is done, from 0 to 1; never falls.
    public let fraction: Double
    /// The iteration within the stage, from 0.
    public let iteration: Int
    /// The stage's objective, once there is one.
    public let objective: Double?
}
