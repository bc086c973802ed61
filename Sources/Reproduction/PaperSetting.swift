import AttentionClustering
import Foundation

/// The setting of arXiv 2505.13112: x = μ*_z + σ·N(0, I_d) with K orthonormal centroids, z uniform.
struct PaperSetting: Sendable {
    var dimension = 5
    var clusterCount = 2
    var noise = 0.3
    var contextLength = 30
    var count = 20_000

    /// What someone who knows the labels would still miss the centroids by, all together.
    var floor: Double {
        Double(clusterCount) * noise * (Double(dimension) / Double(count)).squareRoot()
    }

    /// Points drawn with `seed`, with their true centroids and labels.
    func sample(seed: UInt64) throws -> Sample {
        var random = Normals(seed: seed)
        let centroids = random.frame(clusterCount, dimension: dimension)
        var values: [Float] = []
        values.reserveCapacity(count * dimension)
        var labels: [Int] = []
        for _ in 0..<count {
            let label = Int(random.next() % UInt64(clusterCount))
            labels.append(label)
            for coordinate in centroids[label] { values.append(Float(coordinate + noise * random.normal())) }
        }
        return Sample(
            points: try Points(values: values, count: count, dimension: dimension), centroids: centroids,
            labels: labels)
    }

    struct Sample: Sendable {
        let points: Points
        let centroids: [[Double]]
        let labels: [Int]
    }
}

/// Seeded normal numbers (splitmix64, Box and Muller), the same everywhere.
struct Normals: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xd1b5_4a32_d192_ed03 &+ 0x2545_f491_4f6c_dd1d }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    /// `count` random orthonormal vectors, by Gram and Schmidt.
    mutating func frame(_ count: Int, dimension: Int) -> [[Double]] {
        var frame: [[Double]] = []
        while frame.count < count {
            var vector = (0..<dimension).map { _ in normal() }
            for _ in 0..<2 {
                for other in frame {
                    let along = dot(vector, other)
                    for j in 0..<dimension { vector[j] -= along * other[j] }
                }
            }
            let length = dot(vector, vector).squareRoot()
            if length > 1e-6 { frame.append(vector.map { $0 / length }) }
        }
        return frame
    }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

/// min over permutations and signs of sqrt(Σ_k ‖±μ_k − μ*_π(k)‖²).
func headDistance(_ heads: [[Double]], _ centroids: [[Double]]) -> Double {
    func best(_ k: Int, _ free: [Int]) -> Double {
        guard k < heads.count else { return 0 }
        return free.map { other in
            min(
                squaredDistance(heads[k], centroids[other]), squaredDistance(heads[k].map { -$0 }, centroids[other]))
                + best(k + 1, free.filter { $0 != other })
        }.min() ?? 0
    }
    return best(0, Array(centroids.indices)).squareRoot()
}
