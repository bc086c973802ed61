/// A seeded choice of rows: one from each of equally long stretches, so that it is spread over the whole set.
enum RowSample {
    /// `size` of `count` rows, rising; nil (for all) when there are no more than `size`.
    static func rows(_ size: Int, of count: Int, seed: UInt64) -> [Int64]? {
        guard count > size else { return nil }
        var random = RandomSource(seed: seed, stream: 2)
        return (0..<size).map { index in
            let lower = index * count / size
            let upper = (index + 1) * count / size
            return Int64(lower) + Int64(random.next() % UInt64(max(1, upper - lower)))
        }
    }
}
