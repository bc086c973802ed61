import Foundation
import Testing

@testable import AttentionClustering

/// A point set with the labels that it was drawn or published with.
struct LabelledPoints {
    let points: Points
    let labels: [Int32]

    static func iris() throws -> LabelledPoints {
        let lines = try String(decoding: data("iris.csv"), as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
        let values = lines.flatMap { $0.split(separator: ",").compactMap { Float($0) } }
        // Fifty of each species, in order.
        let labels = (0..<150).map { Int32($0 / 50) }
        return LabelledPoints(points: try Points(values: values, count: 150, dimension: 4), labels: labels)
    }

    static func breastCancerStandardized() throws -> LabelledPoints { try npy("breast_cancer_std") }
    static func digits() throws -> LabelledPoints { try npy("digits") }

    private static func npy(_ name: String) throws -> LabelledPoints {
        let (shape, values): ([Int], [Float]) = try array("\(name)_X.npy")
        let (_, labels): ([Int], [Int32]) = try array("\(name)_y.npy")
        return LabelledPoints(points: try Points(values: values, count: shape[0], dimension: shape[1]), labels: labels)
    }

    private static func array<Element>(_ file: String) throws -> ([Int], [Element]) {
        let bytes = try data(file)
        let headerLength = Int(bytes[8]) + Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<10 + headerLength], as: UTF8.self)
        let start = try #require(header.range(of: "'shape': ("))
        let shape = header[start.upperBound...].prefix { $0 != ")" }.split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let body = bytes[(10 + headerLength)...]
        return (shape, body.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) })
    }

    private static func data(_ file: String) throws -> Data {
        let folder = try #require(Bundle.module.url(forResource: "Data", withExtension: nil))
        return try Data(contentsOf: folder.appendingPathComponent(file))
    }
}

/// Points around centroids, as the paper draws them: a centroid by turns, plus σ·normal noise.
func mixture(
    _ centroids: [[Double]], sigma: Double, count: Int, seed: UInt64, sizes: [Int]? = nil
) throws -> LabelledPoints {
    var random = RandomSource(seed: seed, stream: 99)
    var values: [Float] = []
    values.reserveCapacity(count * centroids[0].count)
    let labels =
        sizes.map { $0.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) } }
        ?? (0..<count).map { _ in Int(random.next() % UInt64(centroids.count)) }
    for label in labels {
        for coordinate in centroids[label] { values.append(Float(coordinate + sigma * random.normal())) }
    }
    return LabelledPoints(
        points: try Points(values: values, count: labels.count, dimension: centroids[0].count),
        labels: labels.map(Int32.init))
}

/// Points from rows.
func points(_ rows: [[Float]]) throws -> Points {
    try Points(values: rows.flatMap(\.self), count: rows.count, dimension: rows.first?.count ?? 1)
}

extension Points {
    var rows: [[Float]] { (0..<count).map { self[$0] } }
}

/// The adjusted Rand index, from its definition by pairs.
func adjustedRandIndex(_ a: [Int32], _ b: [Int32]) -> Double {
    func pairs(_ counts: some Collection<Int>) -> Double { counts.reduce(0) { $0 + Double($1 * ($1 - 1) / 2) } }
    let joint = pairs(Dictionary(grouping: zip(a, b).map { [$0, $1] }, by: \.self).values.map(\.count))
    let first = pairs(Dictionary(grouping: a, by: \.self).values.map(\.count))
    let second = pairs(Dictionary(grouping: b, by: \.self).values.map(\.count))
    let expected = first * second / pairs([a.count])
    let most = (first + second) / 2
    return most == expected ? 1 : (joint - expected) / (most - expected)
}

/// min over permutations and signs of sqrt(Σ‖±μ_k − μ*_π(k)‖²).
func headDistance(_ heads: [[Double]], _ truth: [[Double]]) -> Double {
    func best(_ k: Int, _ free: [Int]) -> Double {
        guard k < heads.count else { return 0 }
        return free.map { other in
            let same = squaredDistance(heads[k], truth[other])
            let opposite = squaredDistance(heads[k].map { -$0 }, truth[other])
            return min(same, opposite) + best(k + 1, free.filter { $0 != other })
        }.min() ?? 0
    }
    return best(0, Array(truth.indices)).squareRoot()
}

/// Whether two labellings are the same partition under other names.
func samePartition(_ a: [Int32], _ b: [Int32]) -> Bool {
    a.count == b.count && Set(zip(a, b).map { [$0, $1] }).count == Set(a).count && Set(a).count == Set(b).count
}
