/// Mends mixtures that leave clusters empty.
struct Repair {
    let rows: FramedRows
    let moments: Moments
    let passes: RowPasses

    /// A mixture of `count` clusters none of which is empty under its own scores; fewer only where single precision
    /// cannot tell `count` points apart.
    ///
    /// First the empty clusters' centroids move to the points farthest from all others and are refined together with
    /// them; if that does not last, all start from points far from each other, with equal weights, and move only as
    /// long as no cluster loses its last point.
    func repair(_ mixture: Mixture, count: Int, maximumIterations: Int) throws -> Mixture {
        let refinement = MixtureRefinement(
            attention: AttentionPass(rows: rows, passes: passes), moments: moments,
            maximumIterations: maximumIterations)
        let sizes = try sizes(mixture.scores)
        let kept = sizes.indices.filter { sizes[$0] > 0 }.map(mixture.centroids.row)
        var filled = try FarthestFirst(rows: rows, keeping: kept, passes: passes)
        try filled.grow(to: count)
        if filled.centroids.count == count {
            let start = try refinement.nearest(Matrix(rowVectors: filled.centroids))
            let outcome = try refinement.run(from: start)
            if try self.sizes(outcome.mixture.scores).allSatisfy({ $0 > 0 }) { return outcome.mixture }
        }
        var scratch = try FarthestFirst(rows: rows, keeping: [], passes: passes)
        try scratch.grow(to: count)
        return try careful(Matrix(rowVectors: scratch.centroids), refinement, maximumIterations: maximumIterations)
    }

    /// Lloyd's iterations with equal weights that stop before a cluster would be empty.
    private func careful(_ seeds: Matrix, _ refinement: MixtureRefinement, maximumIterations: Int) throws -> Mixture {
        let equal = [Double](repeating: 1 / Double(seeds.rows), count: seeds.rows)
        var current = Mixture(centroids: seeds, weights: equal, covariances: .spherical(1))
        var next = try refinement.nearest(seeds)
        current.covariances = next.covariances
        for _ in 0..<maximumIterations where !passes.isFinishing && next.centroids != current.centroids {
            next.weights = equal
            let sums = try refinement.attention.hard(next.scores, about: next.centroids)
            guard sums.counts.allSatisfy({ $0 > 0 }) else { break }
            current = next
            next = refinement.maximized(sums, from: current)
        }
        return current
    }

    private func sizes(_ scores: TileScores) throws -> [Double] {
        try AttentionPass(rows: rows, passes: passes).hard(scores).counts
    }
}
