/// How far two labellings of the same points agree: 1 for the same partition, about 0 for unrelated ones.
///
/// Hubert and Arabie, Comparing partitions, J. Classification 2 (1985), equation 5.
func adjustedRandIndex(_ first: [Int], _ second: [Int]) -> Double {
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    func pairs(within labels: [String]) -> Double {
        labels.reduce(into: [:]) { $0[$1, default: 0] += 1 }.values.reduce(0) { $0 + pairs($1) }
    }
    guard first.count == second.count, first.count > 1 else { return .nan }
    let both = pairs(within: zip(first, second).map { "\($0)/\($1)" })
    let rows = pairs(within: first.map(String.init))
    let columns = pairs(within: second.map(String.init))
    let expected = rows * columns / pairs(first.count)
    let greatest = (rows + columns) / 2
    return greatest == expected ? 1 : (both - expected) / (greatest - expected)
}
