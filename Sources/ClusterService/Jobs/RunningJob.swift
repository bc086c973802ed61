import AttentionClustering
import Foundation
import Synchronization

/// A job that runs here now, and what it has been told.
final class RunningJob: Sendable {
    /// Why a run is to end early.
    enum Order: Int, Sendable {
        case none
        /// The user cancelled it.
        case cancel
        /// The service stops; the job goes back to the queue.
        case release
        /// The lease was lost: the job is somebody else's, and nothing of it may be stored.
        case abandon
    }

    private let orderNumber = Atomic(Order.none.rawValue)
    /// When the time budget is used up; nil without one.
    let deadline: ContinuousClock.Instant?
    /// The time of day at which the run began; nil where nobody keeps it.
    let startedAt: Date?

    /// A run that begins now.
    ///
    /// - Parameters:
    ///   - elapsed: how much of the time budget earlier attempts, whose work this one goes on with, have used.
    ///   - startedAt: the time of day.
    init(timeBudgetSeconds: Double?, elapsed: Duration = .zero, startedAt: Date? = nil) {
        self.startedAt = startedAt
        deadline = timeBudgetSeconds.map { ContinuousClock.now + .seconds(min($0, 1e9)) - elapsed }
    }

    var order: Order { Order(rawValue: orderNumber.load(ordering: .relaxed)) ?? .none }

    /// Tells the run to end; the first order counts.
    func give(_ order: Order) {
        _ = orderNumber.compareExchange(expected: Order.none.rawValue, desired: order.rawValue, ordering: .relaxed)
    }

    /// What the fit asks between its passes.
    func decide() -> FitDecision {
        if order != .none { return .cancel }
        if let deadline, ContinuousClock.now >= deadline { return .finish }
        return .proceed
    }
}
