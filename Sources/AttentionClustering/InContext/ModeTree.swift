internal import CKernels

/// Where tokens settle under softmax attention, from a fine temperature to a coarse one.
///
/// At the finest temperature every token climbs to its mode; at each coarser one the modes climb on. Modes only ever
/// merge, so each temperature costs as much as there are modes left.
struct ModeTree: Sendable {
    /// The modes at one temperature.
    struct Level: Sendable {
        /// β in units of the keys.
        let inverseTemperature: Double
        /// One position a mode, in the coordinates of the keys, by falling size.
        let modes: [[Float]]
        /// The number of tokens of each mode.
        let sizes: [Int]
        /// The mode of each token.
        let basins: [Int]

        /// Modes with at least a tenth of the mean size: the others are what outliers and borders leave.
        var kept: [Int] {
            let least = 0.1 * Double(basins.count) / Double(max(1, modes.count))
            return sizes.indices.filter { Double(sizes[$0]) >= least }
        }
    }

    let keys: ContextKeys
    /// The keys that were made tokens.
    let tokens: [Int]
    /// By falling β, from fine to coarse.
    let levels: [Level]

    /// β of one level over β of the next.
    static let ratio = 1.25
    /// The most tokens that climb.
    static let tokenLimit = 2_048
    /// Modes nearer than this share of the kernel's standard deviation are one.
    private static let mergingRadius = 0.5
    /// The finest kernel's standard deviation is this share of the median distance to the eighth neighbour, or to one
    /// within an eighth of the keys where there are few.
    private static let finestShare = 0.5
    private static let neighbour = 8
    /// β of the coarsest level: the kernel is as wide as the keys.
    private static let coarsest = 0.5
    private static let finest = 1e6

    /// - Parameter inverseTemperature: the one β to look at, in units of the keys; nil for the whole grid.
    init(_ keys: ContextKeys, inverseTemperature: Double? = nil, maximumLayers: Int, seed: UInt64, passes: RowPasses)
        throws
    {
        let chosen = RowSample.rows(Self.tokenLimit, of: keys.count, seed: seed)
        let tokens = chosen.map { $0.map(Int.init) } ?? Array(0..<keys.count)
        self.keys = keys
        self.tokens = tokens
        let layers = SoftmaxLayers(keys: keys, passes: passes, maximumLayers: maximumLayers)
        let grid = inverseTemperature.map { [$0] } ?? Self.grid(keys, tokens: tokens)
        var levels: [Level] = []
        for beta in grid {
            guard try passes.proceed() || levels.isEmpty else { break }
            let before = levels.last ?? Self.start(keys, tokens: tokens)
            if before.modes.count == 1, !levels.isEmpty || keys.isPoint {
                levels.append(
                    Level(inverseTemperature: beta, modes: before.modes, sizes: before.sizes, basins: before.basins))
                continue
            }
            let settled = try layers.settle(before.modes.flatMap(\.self), inverseTemperature: beta)
            levels.append(Self.merged(before, settled, dimension: keys.dimension, inverseTemperature: beta))
        }
        self.levels = levels
    }

    private static func start(_ keys: ContextKeys, tokens: [Int]) -> Level {
        let r = keys.dimension
        if keys.isPoint {
            return Level(
                inverseTemperature: finest, modes: [[Float](repeating: 0, count: r)], sizes: [tokens.count],
                basins: [Int](repeating: 0, count: tokens.count))
        }
        return Level(
            inverseTemperature: .infinity, modes: tokens.map { Array(keys.values[$0 * r..<($0 + 1) * r]) },
            sizes: [Int](repeating: 1, count: tokens.count), basins: Array(tokens.indices))
    }

    private static func grid(_ keys: ContextKeys, tokens: [Int]) -> [Double] {
        let width = finestShare * medianNeighbourDistance(keys, tokens: tokens)
        let finest = width > 0 ? min(Self.finest, max(coarsest, 1 / (2 * width * width))) : Self.finest
        let steps = Int((logarithm(finest / coarsest) / logarithm(ratio)).rounded(.up))
        var grid = [coarsest]
        for _ in 0..<steps { grid.append(grid[grid.count - 1] * ratio) }
        return grid.reversed()
    }

    /// Over up to 256 tokens.
    private static func medianNeighbourDistance(_ keys: ContextKeys, tokens: [Int]) -> Double {
        let (r, n) = (keys.dimension, keys.count)
        let neighbour = min(neighbour, max(1, n / neighbour))
        guard n > neighbour else { return 0 }
        let step = max(1, tokens.count / 256)
        var distances: [Float] = []
        for token in stride(from: 0, to: tokens.count, by: step) {
            let own = tokens[token] * r
            var squares = (0..<n).map { other in
                (0..<r).reduce(Float(0)) { sum, j in
                    let e = keys.values[own + j] - keys.values[other * r + j]
                    return sum + e * e
                }
            }
            squares.sort()
            distances.append(squares[neighbour])
        }
        distances.sort()
        return Double(distances[distances.count / 2]).squareRoot()
    }

    /// Modes that settled at one place become one, larger ones first.
    private static func merged(_ before: Level, _ settled: [Float], dimension r: Int, inverseTemperature: Double)
        -> Level
    {
        let radius = Float(mergingRadius * mergingRadius / (2 * inverseTemperature))
        var leaders: [[Float]] = []
        var sizes: [Int] = []
        var names = [Int](repeating: 0, count: before.modes.count)
        for mode in before.modes.indices {  // sorted by falling size
            let place = Array(settled[mode * r..<(mode + 1) * r])
            let found = leaders.firstIndex { leader in
                var square: Float = 0
                for j in 0..<r { square += (leader[j] - place[j]) * (leader[j] - place[j]) }
                return square <= radius
            }
            names[mode] = found ?? leaders.count
            if let found {
                sizes[found] += before.sizes[mode]
            } else {
                leaders.append(place)
                sizes.append(before.sizes[mode])
            }
        }
        let order = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
        var ranks = [Int](repeating: 0, count: order.count)
        for (rank, mode) in order.enumerated() { ranks[mode] = rank }
        return Level(
            inverseTemperature: inverseTemperature, modes: order.map { leaders[$0] }, sizes: order.map { sizes[$0] },
            basins: before.basins.map { ranks[names[$0]] })
    }

    /// The means of the points whose tokens settled at `modes` of a level, in the frame.
    func centroids(_ level: Level, modes: [Int]) -> Matrix {
        let d = keys.rows.dimension
        var places = [Int](repeating: -1, count: level.modes.count)
        for (place, mode) in modes.enumerated() { places[mode] = place }
        var sums = Matrix(rows: modes.count, columns: d)
        var counts = [Double](repeating: 0, count: modes.count)
        let exact = keys.rows.exact
        let row = AlignedBuffer<Double>(count: d, filledWith: 0)
        for (token, key) in tokens.enumerated() {
            let place = places[level.basins[token]]
            guard place >= 0 else { continue }
            exact.load(key..<key + 1, into: row.pointer)
            for j in 0..<d { sums[place, j] += row.pointer[j] }
            counts[place] += 1
        }
        for place in modes.indices where counts[place] > 0 { for j in 0..<d { sums[place, j] /= counts[place] } }
        return sums
    }
}
