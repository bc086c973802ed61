internal import Synchronization

/// Turns what a fit does into fractions that never fall.
final class ProgressMeter: Sendable {
    private struct State {
        var phase = FitProgress.Phase.preparing
        var fraction = 0.0
        var pass = 0.0...0.0
        var chunksDone = 0
        var iteration = 0
        var objective: Double?
        var plan = ProgressPlan.plain
    }

    private let state = Mutex(State())
    private let report: (@Sendable (FitProgress) -> Void)?

    init(report: (@Sendable (FitProgress) -> Void)?) {
        self.report = report
    }

    /// Says which share of the time each stage takes.
    func follow(_ plan: @autoclosure () -> ProgressPlan) {
        guard report != nil else { return }
        let plan = plan()
        state.withLock { $0.plan = plan }
    }

    /// Says where the fit is: `fraction` of the whole, from where the next pass leads to `end`.
    func at(
        _ phase: FitProgress.Phase, _ fraction: Double, to end: Double, iteration: Int = 0, objective: Double? = nil
    ) {
        guard let report else { return }
        state.withLock { state in
            state.phase = phase
            state.pass = fraction...max(fraction, end)
            state.chunksDone = 0
            state.iteration = iteration
            state.objective = objective
            Self.send(fraction, of: &state, to: report)
        }
    }

    /// Counts a chunk of the running pass.
    func chunkDone(of total: Int) {
        guard let report, total >= 16 else { return }
        state.withLock { state in
            state.chunksDone += 1
            guard state.chunksDone % 8 == 0 else { return }
            let share = min(1, Double(state.chunksDone) / Double(total))
            let length = state.pass.upperBound - state.pass.lowerBound
            Self.send(state.pass.lowerBound + share * length, of: &state, to: report)
        }
    }

    // Called with the lock held: reports come one at a time and in order.
    private static func send(_ fraction: Double, of state: inout State, to report: (FitProgress) -> Void) {
        state.fraction = min(1, max(state.fraction, state.plan.fraction(at: fraction)))
        report(
            FitProgress(
                phase: state.phase, fraction: state.fraction, iteration: state.iteration, objective: state.objective))
    }
}
