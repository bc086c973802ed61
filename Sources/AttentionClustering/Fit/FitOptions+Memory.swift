extension FitOptions {
    /// How many bytes of memory a fit takes at its peak, the points included and the program not, roughly.
    ///
    /// Meant for deciding how many fits may run side by side, so rather too much than too little: measured peaks are
    /// between half of it and all of it. It counts what grows with the data: the points and a copy of them, what is
    /// kept of each point for the result, the matrices over columns, and those of each cluster where they are learned.
    ///
    /// - Parameters:
    ///   - count: the number of points.
    ///   - dimension: the number of columns.
    ///   - threads: how many threads passes over the points may use.
    ///   - isWeighted: whether points have weights.
    ///   - areMapped: whether points are in a mapped file, whose memory the system takes back when it is short. They
    ///     and the samples of them that are copied then count for no more than 96 MiB.
    /// - Returns: bytes; `Int.max` where the sum is too large for a number.
    /// - Complexity: O(1).
    public func memoryEstimate(
        count: Int, dimension: Int, threads: Int, isWeighted: Bool = false, areMapped: Bool = false
    ) -> Int {
        let (n, d, k) = (Double(count), Double(dimension), Double(largestClusterCount))
        let copies = standardize || robust || metric == .cosine ? 3.0 : 2.0
        let all = copies * n * d * Double(MemoryLayout<Float>.size)
        let points = areMapped ? min(all, Self.mapped) : all
        let rows =
            n * (Self.bytesPerPoint + (isWeighted ? Self.bytesPerWeight : 0) + (robust ? Self.bytesPerChoice : 0))
        let square = d * d * Double(MemoryLayout<Double>.size)
        let hasCovariance = needsCovariance && dimension <= Moments.covarianceLimit
        let moments = hasCovariance ? Self.momentMatrices * square + partialSums(of: d * d, count: n) : 0
        let learnsFull =
            refinement == .full || refinement == .automatic && hasCovariance && n * k * d * d <= Self.tried
        let covariances = learnsFull ? Double(threads + 3) * k * square + partialSums(of: k * d * d, count: n) : 0
        let centroids = Double(threads + 8) * k * d * Double(MemoryLayout<Double>.size)
        let sum = Self.fixed + points + rows + moments + covariances + centroids
        return sum < Double(Int.max) ? Int(sum) : Int.max
    }

    /// Label, distance and confidence of each point, and the labels with what they are made of once more for a while.
    private static let bytesPerPoint = 24.0
    /// The weight as it is given and as it is used, and which points have one above 0.
    private static let bytesPerWeight = 20.0
    /// Which points are learned from, and their labels, distances and confidences once more.
    private static let bytesPerChoice = 24.0
    /// The most that points of a mapped file and samples of them count for.
    private static let mapped = Double(96 << 20)
    /// Matrices over all columns: moments, factors and inverses.
    private static let momentMatrices = 6.0
    /// From so many multiplications an iteration on, an automatic choice does not try a matrix for each cluster.
    private static let tried = Double(1 << 31)
    /// Stacks and buffers of fixed size.
    private static let fixed = Double(8 << 20)

    /// What the chunks of a pass add up in, `size` numbers each, as ``RowLayout`` cuts them.
    private func partialSums(of size: Double, count: Double) -> Double {
        let chunks = min(64, max(4, Double(1 << 23) / max(size, 1)), count / 64 + 1)
        return chunks * size * Double(MemoryLayout<Double>.size)
    }

    /// The most clusters that a fit may come to.
    private var largestClusterCount: Int {
        if case .automatic(_, let maximum) = clusterCountSelection { return maximum }
        return clusterCount
    }
}
