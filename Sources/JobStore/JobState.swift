/// Where a job stands between its submission and its end.
///
/// `queued → running → succeeded | failed`, `running → cancelling → cancelled`, `queued → cancelled`. A job whose worker
/// is lost goes back to `queued`. Three states are terminal: a job that reached one never changes again.
/// ``JobStateMachine`` decides which event leads where.
public enum JobState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Waits for a worker; entered on submission and when a worker is lost or hands the job back; left by a claim or a
    /// cancel.
    case queued
    /// A worker computes it; entered by a claim.
    case running
    /// A worker computes it and has been asked to stop; entered by a cancel of a running job.
    case cancelling
    /// Finished with a result; terminal.
    case succeeded
    /// Finished with an error; terminal.
    case failed
    /// Stopped on request, without a result; terminal.
    case cancelled

    /// Whether a job in this state never changes again.
    public var isTerminal: Bool {
        switch self {
        case .queued, .running, .cancelling: false
        case .succeeded, .failed, .cancelled: true
        }
    }

    /// Whether a worker holds a job in this state, so that writes of that worker are accepted.
    public var isHeld: Bool {
        switch self {
        case .running, .cancelling: true
        case .queued, .succeeded, .failed, .cancelled: false
        }
    }
}
