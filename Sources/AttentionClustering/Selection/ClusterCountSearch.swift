/// Chooses the number of clusters as ``ClusterCountEvidence`` says.
struct ClusterCountSearch {
    let preparation: Preparation
    let options: FitOptions
    let range: ClosedRange<Int>
    let passes: RowPasses

    private static let sampleRows = 1 << 12
    /// Numbers in a row without improvement that end the search.
    private static let patience = 5
    /// Above this number only those near a sign are tried.
    private static let everyCount = 20
    private static let nearness = 2
    /// The share of the best score's gain over one cluster that a sign is worth.
    private static let allowance = 0.01
    /// Plateaus shorter than this factor in β say nothing.
    private static let leastSpan = 2.0
    /// Clusters of fewer points on average have variances that say more about their number than about the data.
    private static let pointsPerCluster = 3

    /// - Parameter observe: told each number that was tried, and which share of the search is done.
    func evidence(observe: (Int, Double) -> Void = { _, _ in }) throws -> ClusterCountEvidence {
        let sample = try sampled().withIndependentColumns(passes: passes)
        let spectral = spectralCount(sample.moments).flatMap { range.contains($0) ? $0 : nil }
        let plateau = try ModeSearch(rows: sample.rows, seed: options.seed, passes: passes).tree()
            .plateau(unit: preparation.frame.unit)
        let signs = [spectral, plateau.span >= Self.leastSpan ? plateau.clusterCount : nil].compactMap(\.self)
            .filter(range.contains)
        var tried: [ClusterCountEvidence.Candidate] = []
        for k in range where k <= most(of: sample.rows.count) {
            let reach = k > Self.everyCount ? Self.nearness : 0
            let isStale = tried.min { $0.icl < $1.icl }.map { k - $0.clusterCount > Self.patience } ?? false
            if isStale || (k > Self.everyCount && !tried.isEmpty), !signs.contains(where: { abs($0 - k) <= reach }) {
                if signs.allSatisfy({ $0 + reach < k }) { break }
                continue
            }
            guard tried.isEmpty || !passes.isFinishing else { break }
            var key = NumberDigest()
            key.add(k)
            let trial = try passes.journal.ask(.clusterCount, key: key, passes: passes) { _, _ in
                ClusterCountTrial(try candidate(k, sample))
            }
            if let candidate = trial.candidate { tried.append(candidate) }
            observe(k, share(tried, k, signs: signs))
        }
        return ClusterCountEvidence(
            clusterCount: chosen(tried, signs: signs, modes: plateau.span >= Self.leastSpan ? plateau.clusterCount : 1),
            candidates: tried, spectralCount: spectral,
            plateauCount: plateau.clusterCount, plateauSpan: plateau.span)
    }

    /// Which share of the search is done, if no larger number than the best so far is better; larger ones take longer.
    private func share(_ tried: [ClusterCountEvidence.Candidate], _ k: Int, signs: [Int]) -> Double {
        let best = tried.min { $0.icl < $1.icl }?.clusterCount ?? k
        let last = min(range.upperBound, max(best + Self.patience, signs.max() ?? 0, k))
        func work(_ k: Int) -> Double { Double(k * (k + 3) - range.lowerBound * (range.lowerBound - 1)) }
        return min(1, work(k) / max(1, work(last)))
    }

    /// The largest number to try for `count` points: two from four points on, and never less than was asked for.
    private func most(of count: Int) -> Int {
        min(count, max(range.lowerBound, count / Self.pointsPerCluster, min(2, count / 2)))
    }

    private func chosen(_ tried: [ClusterCountEvidence.Candidate], signs: [Int], modes: Int) -> Int {
        guard var best = tried.min(by: { $0.icl < $1.icl }), let first = tried.first else { return range.lowerBound }
        let several = tried.filter { $0.clusterCount > 1 }
        if best.clusterCount == 1, modes > 1, tried.min(by: { $0.bic < $1.bic })?.clusterCount != 1 {
            best = several.min { $0.icl < $1.icl } ?? best
        }
        let margin = Self.allowance * max(0, first.icl - best.icl)
        let close = tried.filter { signs.contains($0.clusterCount) && $0.icl <= best.icl + margin }
        return (close.min { $0.icl < $1.icl } ?? best).clusterCount
    }

    private func sampled() throws -> Preparation {
        guard let choice = RowSample.rows(Self.sampleRows, of: preparation.rows.count, seed: options.seed) else {
            return preparation
        }
        let rows = try preparation.rows.sampled(choice, passes: passes)
        return Preparation(
            rows: rows,
            moments: try Moments(rows, passes: passes, withCovariance: preparation.moments.covariance != nil))
    }

    /// One more than the number of eigenvalues of the covariance before the largest ratio of neighbours.
    private func spectralCount(_ moments: Moments) -> Int? {
        guard let covariance = moments.covariance, covariance.rows > 2,
            let spectrum = covariance.leadingEigenvectors(min(covariance.rows, range.upperBound + 1))?.values
        else { return nil }
        let positive = spectrum.prefix { $0 > (spectrum.first ?? 0) * Lift.rankTolerance }
        let ratios = zip(positive, positive.dropFirst()).map { $0 / $1 }
        guard let largest = ratios.max(), let index = ratios.firstIndex(of: largest) else { return nil }
        return index + 2
    }

    private func candidate(_ k: Int, _ sample: Preparation) throws -> ClusterCountEvidence.Candidate? {
        var options = options
        options.clusterCount = k
        options.start = .sphere
        if options.refinement == .none { options.refinement = .spherical }
        let heads =
            options.initialization.triesHeads
            ? try TrainedHeads.train(sample, count: k, options: options, passes: passes) : nil
        let refined = try RefinementRun(
            preparation: sample, heads: heads, clusterCount: k, options: options, passes: passes
        ).refined()
        let mixture = refined.mixture
        let scoring = mixture.scoring()
        let pass = try AssignmentPass(
            sample.rows, scores: scoring.scores, centroids: mixture.centroids.floats, unit: 1, passes: passes)
        guard pass.sizes.allSatisfy({ $0 > 0 }) else { return nil }
        let n = sample.rows.totalWeight
        let bic = mixture.criterion(
            logLikelihood: pass.scoreLogSum + n
                * (scoring.logNormalizer + sample.frame.logScale(dimension: sample.rows.dimension)),
            of: sample.rows, moments: sample.moments)
        let entropy =
            sample.rows.pointsPerUnit
            * pass.confidence.enumerated().reduce(0.0) { sum, entry in
                let share = logarithm(Double(max(entry.element, .leastNormalMagnitude)))
                return sum - Double(sample.rows.weight(of: entry.offset)) * share
            }
        return bic.isFinite
            ? .init(clusterCount: k, bic: bic, icl: bic + 2 * entropy + fewPointsPenalty(mixture, sample)) : nil
    }

    /// What parameters cost beside BIC's log n each, which holds for many points a cluster.
    ///
    /// (n/(n − K))² times as much, as in generalised cross-validation: K means leave n − K points to measure spread with.
    private func fewPointsPenalty(_ mixture: Mixture, _ sample: Preparation) -> Double {
        let (n, k) = (Double(sample.rows.count), Double(mixture.clusterCount))
        let growth = n / max(0.5, n - k)
        let plain = mixture.criterion(logLikelihood: 0, of: sample.rows, moments: sample.moments)
        return max(0, plain) * (growth * growth - 1)
    }
}
