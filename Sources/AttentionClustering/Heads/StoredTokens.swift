internal import CKernels

/// Tokens kept in memory, N×m, with their squared lengths.
///
/// Each row is written once, by the pass that makes the tokens, and only read after that pass has ended.
final class StoredTokens: Sendable {
    let count: Int
    let dimension: Int
    let norms: AlignedBuffer<Double>
    /// What the tokens count for; nil where each counts for one.
    let weights: AlignedBuffer<Double>?
    private let values: AlignedBuffer<Double>

    init(count: Int, dimension: Int, isWeighted: Bool) {
        self.count = count
        self.dimension = dimension
        norms = AlignedBuffer(count: count, filledWith: 0)
        weights = isWeighted ? AlignedBuffer(count: count, filledWith: 0) : nil
        values = AlignedBuffer(count: count * dimension, filledWith: 0)
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Double> { values.pointer + index * dimension }

    /// Copies the tokens of `range`, and their weights if they have any.
    func fill(_ range: Range<Int>, from source: UnsafePointer<Double>, weights given: UnsafePointer<Double>) {
        weights.map { ($0.pointer + range.lowerBound).update(from: given, count: range.count) }
        row(range.lowerBound).update(from: source, count: range.count * dimension)
        ac_squared_norms(source, Int64(range.count), Int64(dimension), norms.pointer + range.lowerBound)
    }
}
