import Testing

@testable import AttentionClustering

@Suite struct MatrixTests {
    static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = RandomSource(seed: seed, stream: 0)
        return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
    }

    @Test func productsFollowTheirDefinition() {
        let (a, b) = (Self.random(3, 4, seed: 1), Self.random(4, 2, seed: 2))
        let product = a.times(b)
        for r in 0..<3 {
            for c in 0..<2 { #expect(abs(product[r, c] - innerProduct(a.row(r), b.column(c))) < 1e-13) }
        }
        #expect(TokenStatisticsTests.close(a.transposed.transposedTimes(b), product))
        #expect(TokenStatisticsTests.close(b.transposed.times(a.transposed).transposed, product))
    }

    @Test(arguments: [(3, 3), (7, 2), (1, 1), (20, 16)])
    func thePolarFactorIsTheNearestFrame(shape: (Int, Int)) throws {
        let matrix = Self.random(shape.0, shape.1, seed: 3)
        let factor = try #require(matrix.polarFactor())
        var gram = factor.transposedTimes(factor)
        for j in 0..<shape.1 { gram[j, j] -= 1 }
        #expect(gram.norm < 1e-12)
        // factorᵀ·matrix is symmetric with a positive trace: that characterises the polar decomposition.
        let symmetric = factor.transposedTimes(matrix)
        #expect(TokenStatisticsTests.close(symmetric, symmetric.transposed))
        #expect(symmetric.trace > 0)
    }

    @Test(arguments: [1, 2, 3, 5, 8, 16, 24, 25, 26, 40])
    func smallFactorsAreToTheBitThoseOfTheWholeRoutine(size: Int) throws {
        let (parts, whole) = (
            PolarFactors(rows: size, columns: size), PolarFactors(rows: size, columns: size, goesByParts: false)
        )
        for seed in 0..<20 as Range<UInt64> {
            var matrix = Self.random(size, size, seed: seed)
            // Some without full rank, as heads on the way are.
            if seed % 4 == 3 { for column in 0..<size { matrix[size - 1, column] = matrix[0, column] } }
            let expected = try #require(whole.factor(of: matrix))
            #expect(parts.factor(of: matrix) == expected)
            #expect(parts.factor(of: matrix.scaledToLargest()) == whole.factor(of: matrix.scaledToLargest()))
            #expect(matrix.polarFactor() == expected)
        }
    }

    @Test func thereIsNoPolarFactorOfWhatIsNotFinite() {
        #expect(Matrix(rows: 1, columns: 1, values: [.nan]).polarFactor() == nil)
        #expect(Self.random(2, 3, seed: 1).polarFactor() == nil)
    }

    @Test func eigenvectorsReproduceTheMatrix() throws {
        let half = Self.random(6, 6, seed: 4)
        let matrix = half.times(half.transposed)
        let (values, vectors) = try #require(matrix.leadingEigenvectors(6))
        #expect(values == values.sorted(by: >))
        var rebuilt = Matrix(rows: 6, columns: 6)
        for k in 0..<6 {
            for r in 0..<6 { for c in 0..<6 { rebuilt[r, c] += values[k] * vectors[k, r] * vectors[k, c] } }
        }
        #expect(TokenStatisticsTests.close(rebuilt, matrix))
        let leading = try #require(matrix.leadingEigenvectors(2))
        #expect(abs(leading.values[1] - values[1]) < 1e-9)
        #expect(abs(abs(innerProduct(leading.vectors.row(0), vectors.row(0))) - 1) < 1e-9)
        #expect(matrix.leadingEigenvectors(0)?.values.isEmpty == true)
    }

    @Test func randomNumbersFollowTheirDistributionAndSeed() {
        var random = RandomSource(seed: 1, stream: 0)
        let normals = (0..<20_000).map { _ in random.normal() }
        let mean = normals.reduce(0, +) / 20_000
        let variance = normals.reduce(0) { $0 + $1 * $1 } / 20_000 - mean * mean
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
        var (same, again) = (RandomSource(seed: 7, stream: 1), RandomSource(seed: 7, stream: 1))
        var other = RandomSource(seed: 7, stream: 2)
        let first = (0..<4).map { _ in same.next() }
        #expect(first == (0..<4).map { _ in again.next() })
        #expect(first != (0..<4).map { _ in other.next() })
        #expect((0..<1_000).allSatisfy { _ in (0..<1).contains(random.uniform()) })
    }
}
