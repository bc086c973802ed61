/// Seeded starts of the heads, m×K with unit columns.
struct HeadStart {
    let dimension: Int
    let count: Int
    var random: RandomSource

    init(dimension: Int, count: Int, seed: UInt64) {
        self.dimension = dimension
        self.count = count
        random = RandomSource(seed: seed, stream: 3)
    }

    /// Independent random unit vectors.
    mutating func sphere() -> Matrix {
        var result = Matrix(rows: dimension, columns: count)
        for k in 0..<count {
            for j in 0..<dimension { result[j, k] = random.normal() }
        }
        return result.scaledToUnit()
    }

    /// A random orthonormal frame; needs K ≤ m.
    mutating func frame() -> Matrix { sphere().polarFactor() ?? sphere() }

    /// Random unit vectors with ⟨μ_k, μ*_j⟩ = 0 and ⟨μ_k, μ_j⟩ = 0 for j ≠ k, given directions μ*.
    ///
    /// Where that leaves a head no freedom it starts at its own direction.
    mutating func manifold(_ directions: [[Double]]) -> Matrix {
        let known = Matrix(rowVectors: directions).transposed.scaledToUnit()
        var heads: [[Double]] = []
        for k in 0..<count {
            var forbidden = heads
            for j in 0..<count where j != k { forbidden.append(known.column(j)) }
            let basis = Self.orthonormalized(forbidden)
            let drawn = Self.unit(Self.removing(basis, from: (0..<dimension).map { _ in random.normal() }))
            heads.append(drawn ?? known.column(k))
        }
        return Matrix(rowVectors: heads).transposed
    }

    /// Gram-Schmidt, done twice, which suffices for orthogonality to working precision.
    private static func orthonormalized(_ vectors: [[Double]]) -> [[Double]] {
        vectors.reduce(into: []) { basis, vector in
            if let next = unit(removing(basis, from: removing(basis, from: vector))) { basis.append(next) }
        }
    }

    private static func removing(_ basis: [[Double]], from vector: [Double]) -> [Double] {
        basis.reduce(vector) { rest, direction in
            let along = innerProduct(rest, direction)
            return zip(rest, direction).map { $0 - along * $1 }
        }
    }

    private static func unit(_ vector: [Double]) -> [Double]? {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 1e-9 ? vector.map { $0 / length } : nil
    }
}
