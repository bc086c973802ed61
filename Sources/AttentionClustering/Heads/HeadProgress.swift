/// How far a training of heads is, foretold from how fast its steps grow shorter.
final class HeadProgress {
    private let tolerance: Double
    private let maximumSteps: Int
    private var moves: [Double] = []
    /// The steps that were done before, of a training that was taken up again; nil before the first step of this one.
    private var skipped: Int?

    /// The steps that a trend is taken from.
    private static let span = 20

    init(tolerance: Double, maximumSteps: Int) {
        (self.tolerance, self.maximumSteps) = (tolerance, maximumSteps)
    }

    /// The share of the training that is done after a step.
    func share(after training: HeadTraining) -> Double {
        if skipped == nil { skipped = training.history.count - 1 }
        moves.append(training.move)
        if moves.count > Self.span { moves.removeFirst() }
        let done = Double(training.history.count)
        return done / (done + stepsLeft(most: Double(max(0, maximumSteps - training.history.count))))
    }

    private func stepsLeft(most: Double) -> Double {
        // Without a tolerance every step is done.
        guard tolerance > 0 else { return most }
        let isNew = skipped == 0
        // Late in a training a few steps say little, and what is shown never falls.
        guard let first = moves.first, let last = moves.last, moves.count >= (isNew ? 3 : Self.span) else {
            return isNew ? min(most, 50) : most
        }
        guard last > 0, first > last else { return most }
        let rate = logarithm(last / first) / Double(moves.count - 1)
        return min(most, max(1, logarithm(tolerance / last) / rate))
    }
}
