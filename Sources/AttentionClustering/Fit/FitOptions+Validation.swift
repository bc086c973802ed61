extension FitOptions {
    /// Checks every option's range, and that `count` points of `dimension` coordinates can be clustered with them.
    ///
    /// - Throws: ``ClusteringError`` that names the option and the fix.
    /// - Complexity: O(1), but for a manifold start O(K·d).
    public func validate(count: Int, dimension: Int) throws(ClusteringError) {
        try require(clusterCount >= 1, "clusterCount", "is \(clusterCount); give at least 1 cluster")
        try require(
            regularization >= 0 && regularization.isFinite, "regularization",
            "is \(regularization); give a finite number of at least 0, such as 0.5")
        try require(
            (2...1_000_000_000).contains(contextLength), "contextLength",
            "is \(contextLength); give between 2 and 1000000000 tokens, such as 30")
        try require(
            learningRate > 0 && learningRate.isFinite, "learningRate",
            "is \(learningRate); give a finite number above 0, such as 0.1")
        if metric == .cosine {
            try require(
                !standardize, "standardize", "does not go with the cosine metric, which scales rows; leave out one")
            try require(
                [.automatic, .none, .spherical].contains(refinement), "refinement",
                "\(refinement.rawValue) does not go with the cosine metric; give auto, none or spherical")
        }
        try require(maximumSteps >= 1, "maximumSteps", "is \(maximumSteps); give at least 1 step")
        try require(
            tolerance >= 0 && tolerance.isFinite, "tolerance",
            "is \(tolerance); give a finite number of at least 0, such as 0.000001")
        try require(maximumIterations >= 1, "maximumIterations", "is \(maximumIterations); give at least 1 iteration")
        if case .fixed(let value) = inverseTemperature {
            try require(
                value > 0 && value.isFinite, "inverseTemperature",
                "is \(value); give a finite number above 0, or leave it automatic")
        }
        guard dimension >= 1 else {
            throw ClusteringError(.noColumns, detail: "The points have no coordinates; give at least one column.")
        }
        try require(
            refinement != .tied || dimension <= Moments.covarianceLimit, "refinement",
            "tied needs the covariance of all columns, and there are \(dimension); give at most "
                + "\(Moments.covarianceLimit) columns, or auto, spherical or diagonal")
        if case .automatic(let minimum, let maximum) = clusterCountSelection {
            try require(
                minimum >= 1 && maximum >= minimum, "clusterCountSelection",
                "runs from \(minimum) to \(maximum); give at least 1, and a maximum of at least the minimum")
        }
        let needed = if case .automatic(let minimum, _) = clusterCountSelection { minimum } else { clusterCount }
        guard count >= needed else {
            throw ClusteringError(
                .tooFewPoints, option: "clusterCount",
                detail: "\(count) \(count == 1 ? "point" : "points") cannot make \(needed) clusters; "
                    + (count == 0 ? "give some points." : "give more points, or at most \(count) clusters."))
        }
        try validateStart(dimension: dimension)
    }

    private func validateStart(dimension: Int) throws(ClusteringError) {
        guard case .manifold(let directions) = start else { return }
        let needed = preprocessing == .lift ? clusterCount : dimension
        try require(
            directions.count == clusterCount && directions.allSatisfy { $0.count == needed }, "start",
            "needs \(clusterCount) directions of \(needed) coordinates, one a cluster")
        for direction in directions {
            let square = direction.reduce(0) { $0 + $1 * $1 }
            try require(square > 0 && square.isFinite, "start", "needs directions that are finite and not zero")
        }
    }

    private func require(_ condition: Bool, _ option: String, _ fix: String) throws(ClusteringError) {
        guard condition else { throw ClusteringError(.invalidOption, option: option, detail: "\(option) \(fix).") }
    }
}
