/// How many modes softmax attention finds at which inverse temperature, and the longest stretch of one number.
///
/// A number of modes that stays the same over a long range of β is an estimate of the number of clusters.
public struct ModePlateau: Sendable, Equatable, Codable {
    /// One inverse temperature of the grid.
    public struct Step: Sendable, Equatable, Codable {
        /// β, in one over squared data units (standardised units if standardised).
        public let inverseTemperature: Double
        /// All modes.
        public let modeCount: Int
        /// The modes with at least a tenth of the mean size.
        public let keptCount: Int
    }

    /// The whole grid, by falling β; β falls by the factor 1.25 from step to step.
    public let steps: [Step]
    /// The number of modes kept on the longest plateau; 1 where there is none.
    public let clusterCount: Int
    /// The geometric middle of the plateau.
    public let inverseTemperature: Double
    /// The largest β of the plateau over its smallest, at least 1.
    public let span: Double
}

extension ModeTree {
    /// Fewer tokens than these a mode on average say nothing about clusters.
    private static let leastTokensPerMode = 8
    /// The same for up to as many modes.
    private static let leastTokensPerFewModes = 3
    private static let fewModes = 8

    /// The most modes that a plateau may have: two from four tokens on.
    private var mostModes: Int {
        let few = min(Self.fewModes, max(tokens.count / Self.leastTokensPerFewModes, min(2, tokens.count / 2)))
        return max(1, few, tokens.count / Self.leastTokensPerMode)
    }

    /// The levels of the longest run with one number of kept modes, the coarser one of equals.
    func longestRun(where isWanted: (Int) -> Bool = { _ in true }) -> Range<Int>? {
        let most = mostModes
        let counts = levels.map { $0.modes.count <= most || levels.count == 1 ? $0.kept.count : 0 }
        var best: Range<Int>?
        var start = 0
        while start < counts.count {
            var end = start
            while end < counts.count, counts[end] == counts[start] { end += 1 }
            if counts[start] > 0, isWanted(counts[start]), end - start >= best?.count ?? 1 { best = start..<end }
            start = end
        }
        return best
    }

    /// What the levels say about the number of clusters.
    func plateau(unit: Double) -> ModePlateau {
        let scale = 1 / (keys.length * unit * keys.length * unit)
        let steps = levels.map { level in
            ModePlateau.Step(
                inverseTemperature: level.inverseTemperature * scale, modeCount: level.modes.count,
                keptCount: level.kept.count)
        }
        guard let run = longestRun(), let last = run.last else {
            return ModePlateau(steps: steps, clusterCount: 1, inverseTemperature: scale, span: 1)
        }
        let (largest, smallest) = (steps[run.lowerBound].inverseTemperature, steps[last].inverseTemperature)
        return ModePlateau(
            steps: steps, clusterCount: steps[last].keptCount,
            inverseTemperature: (largest * smallest).squareRoot(), span: largest / smallest)
    }

    /// Exactly `count` modes, from the level at the middle of the longest run that has them; where no level has, the
    /// largest modes of the coarsest level with more.
    ///
    /// - Returns: nil when no level has as many modes.
    func modes(count: Int) -> ContextModes? {
        if let run = longestRun(where: { $0 == count }) {
            let level = levels[(run.lowerBound + run.upperBound - 1) / 2]
            return ContextModes(tree: self, level: level, chosen: level.kept)
        }
        guard let level = levels.last(where: { $0.modes.count >= count }) else { return nil }
        return ContextModes(tree: self, level: level, chosen: Array(0..<count))
    }
}
