extension StartSearch {
    /// The start at `given` centroids, or the starts that options ask for.
    func starts(
        from given: Matrix?, observe: (MixtureRefinement.Outcome) -> Void
    ) throws -> (starts: [RefinementStart], warnings: [String]) {
        guard let given else { return try starts(observe: observe) }
        let refinement = MixtureRefinement(
            attention: working.attention, moments: working.moments, maximumIterations: options.maximumIterations)
        let outcome = try refinement.run(from: try refinement.nearest(given), observe: observe)
        return ([RefinementStart(kind: .modes, outcome: outcome)], [])
    }
}
