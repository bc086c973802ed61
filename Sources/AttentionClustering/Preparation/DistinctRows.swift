internal import CKernels

/// The first rows of a point set that count and differ from all before them, up to a limit; −0 and 0 are the same.
struct DistinctRows: Sendable {
    private(set) var rows: [Int] = []

    /// - Complexity: O(N·d) where fewer than `limit` rows differ; otherwise it usually ends after `limit` rows.
    init(of points: Points, weights: PointWeights? = nil, upTo limit: Int, passes: RowPasses) throws {
        let d = points.dimension
        var known: [UInt64: [Int]] = [:]
        for row in 0..<points.count where rows.count < limit && weights?[row] != 0 {
            if row % 4096 == 4095 { _ = try passes.proceed() }
            points.withUnsafeValues { values in
                guard let start = values.baseAddress else { return }
                let hash = ac_hash_row(start + row * d, Int64(d))
                let same = known[hash, default: []].contains { other in
                    (0..<d).allSatisfy { values[other * d + $0] == values[row * d + $0] }
                }
                if !same {
                    known[hash, default: []].append(row)
                    rows.append(row)
                }
            }
        }
    }
}
