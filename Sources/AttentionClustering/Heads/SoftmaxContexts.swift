/// Contexts drawn from tokens, with replacement: the sample that softmax heads are trained on.
///
/// The same contexts in every step, so that the objective is a function, its gradient is exact and training converges.
struct SoftmaxContexts: Sendable {
    /// The pool that contexts are drawn from, tokens×m.
    let tokens: StoredTokens
    /// L.
    let length: Int
    /// Indices of tokens, context after context; the first of each is the query.
    let indices: [Int32]

    var count: Int { indices.count / length }

    /// The most tokens of one context.
    static let lengthLimit = 1_024
    private static let poolLimit = 1 << 16
    /// The pool is smaller where it would take more numbers.
    private static let poolValues = 1 << 21
    private static let leastPool = 1 << 11
    private static let contextLimit = 1 << 13
    private static let leastContexts = 256
    /// Contexts are fewer where more numbers would be read in each step.
    private static let valueLimit = 1 << 23

    init(_ source: TokenSource, length: Int, headCount k: Int, seed: UInt64, passes: RowPasses) throws {
        let m = source.dimension
        let size = min(Self.poolLimit, max(Self.leastPool, Self.poolValues / max(1, m)))
        let pool = try source.sampled(RowSample.rows(size, of: source.count, seed: seed), passes: passes)
        let tokens = StoredTokens(count: pool.count, dimension: m, isWeighted: pool.rows.weights != nil)
        let layout = pool.layout(partialSize: 1)
        _ = try passes.run(
            layout, abandonable: false, scratch: { pool.makeScratch(layout) }, partial: {}
        ) { scratch, _, range in
            pool.load(range, scratch)
            _ = pool.loadWeights(range, scratch)
            tokens.fill(range, from: scratch.tokens.pointer, weights: scratch.weights.pointer)
        }
        let length = min(length, Self.lengthLimit)
        let count = min(Self.contextLimit, max(Self.leastContexts, Self.valueLimit / (length * m * k)))
        var random = RandomSource(seed: seed, stream: 5)
        self.tokens = tokens
        self.length = length
        guard let weights = tokens.weights?.array else {
            indices = (0..<count * length).map { _ in Int32(random.next() % UInt64(max(1, pool.count))) }
            return
        }
        let reach = weights.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
        indices = (0..<count * length).map { _ in
            let target = random.uniform() * reach[reach.count - 1]
            var (lower, upper) = (0, weights.count - 1)  // the last token whose reach starts at or before the target
            while lower < upper {
                let middle = (lower + upper + 1) / 2
                (lower, upper) = reach[middle] <= target ? (middle, upper) : (lower, middle - 1)
            }
            return Int32(lower)
        }
    }
}
