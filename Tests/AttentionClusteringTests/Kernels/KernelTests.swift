import CKernels
import Testing

@testable import AttentionClustering

/// The C loops against their definitions, at sizes that leave every kind of remainder.
@Suite struct KernelTests {
    static let shapes = [(1, 1, 1), (16, 3, 4), (17, 2, 5), (100, 7, 2), (33, 64, 3)]

    struct Tile {
        let rows: [[Float]]
        let stride: Int
        let memory: AlignedBuffer<Float>

        init(_ n: Int, _ d: Int) throws {
            var random = RandomSource(seed: UInt64(n * 100 + d), stream: 0)
            rows = (0..<n).map { _ in (0..<d).map { _ in Float(random.normal()) } }
            stride = (n + 15) / 16 * 16
            memory = AlignedBuffer(count: d * stride, filledWith: 0)
            identityRows(try points(rows)).load(0..<n, into: memory.pointer, stride: stride)
        }
    }

    static func centroids(_ k: Int, _ d: Int) -> [[Float]] {
        var random = RandomSource(seed: UInt64(k), stream: 5)
        return (0..<k).map { _ in (0..<d).map { _ in Float(random.normal()) } }
    }

    static func square(_ a: [Float], _ b: [Float]) -> Double {
        squaredDistance(a.map(Double.init), b.map(Double.init))
    }

    @Test(arguments: shapes)
    func tilesAreTransposedRows(n: Int, d: Int, k: Int) throws {
        let tile = try Tile(n, d)
        for i in 0..<tile.stride {
            for j in 0..<d { #expect(tile.memory[j * tile.stride + i] == tile.rows[min(i, n - 1)][j]) }
        }
    }

    @Test(arguments: shapes)
    func distancesAndAttentionFollowTheirDefinition(n: Int, d: Int, k: Int) throws {
        let tile = try Tile(n, d)
        let (s, centroids) = (tile.stride, Self.centroids(k, d))
        let squares = AlignedBuffer<Float>(count: k * s, filledWith: 0)
        ac_squared_distances(
            tile.memory.pointer, Int64(s), Int64(n), Int64(d), centroids.flatMap(\.self), Int64(k), squares.pointer)
        let biases = (0..<k).map { -0.3 * Float($0) }
        let shares = AlignedBuffer<Float>(count: k * s, filledWith: -1)
        var (logSum, scatter, chosenLogSum) = (0.0, 0.0, 0.0)
        ac_attend(squares.pointer, Int64(s), Int64(n), Int64(k), biases, 0.7, shares.pointer, &logSum, &scatter)
        var labels = [Int32](repeating: -1, count: n)
        var confidence = [Float](repeating: -1, count: n)
        _ = ac_choose(
            squares.pointer, Int64(s), Int64(n), Int64(k), biases, 0.7, &labels, &confidence, &chosenLogSum)
        var (expectedLogSum, expectedScatter) = (0.0, 0.0)
        for i in 0..<n {
            let distances = centroids.map { Self.square(tile.rows[i], $0) }
            for c in 0..<k { #expect(abs(Double(squares[c * s + i]) - distances[c]) < 1e-5 * max(1, distances[c])) }
            let scores = (0..<k).map { Double(biases[$0]) - 0.7 * distances[$0] }
            let top = scores.max() ?? 0
            let total = scores.reduce(0) { $0 + exponential($1 - top) }
            expectedLogSum += top + logarithm(total)
            for c in 0..<k {
                let share = exponential(scores[c] - top) / total
                expectedScatter += share * distances[c]
                #expect(abs(Double(shares[c * s + i]) - share) < 2e-5)
            }
            #expect(abs(Double(confidence[i]) - 1 / total) < 2e-5)
            #expect(Double(scores[Int(labels[i])]) >= top - 1e-4)
        }
        for i in n..<s { for c in 0..<k { #expect(shares[c * s + i] == 0) } }
        #expect(abs(logSum - expectedLogSum) < 1e-5 * max(1, abs(expectedLogSum)))
        #expect(abs(chosenLogSum - expectedLogSum) < 1e-5 * max(1, abs(expectedLogSum)))
        #expect(abs(scatter - expectedScatter) < 1e-5 * max(1, expectedScatter))
    }

    @Test(arguments: shapes)
    func accumulationFollowsItsDefinition(n: Int, d: Int, k: Int) throws {
        let tile = try Tile(n, d)
        let s = tile.stride
        let labels = (0..<n).map { Int32($0 * 7 % k) }
        let shares = AlignedBuffer<Float>(count: k * s, filledWith: -1)
        ac_one_hot(labels, Int64(s), Int64(n), Int64(k), shares.pointer)
        var counts = [Double](repeating: 0, count: k)
        var sums = [Double](repeating: 0, count: k * d)
        ac_accumulate(
            tile.memory.pointer, Int64(s), Int64(n), Int64(d), shares.pointer, Int64(k), &counts, &sums)
        for c in 0..<k {
            let own = (0..<n).filter { labels[$0] == Int32(c) }
            #expect(counts[c] == Double(own.count))
            for j in 0..<d {
                let expected = own.reduce(0) { $0 + Double(tile.rows[$1][j]) }
                #expect(abs(sums[c * d + j] - expected) < 1e-4)
            }
        }
    }

    @Test(arguments: shapes)
    func distancesToTheOwnCentroidAreThoseOfTheLabel(n: Int, d: Int, k: Int) throws {
        let tile = try Tile(n, d)
        let centroids = Self.centroids(k, d)
        let labels = (0..<n).map { Int32($0 * 5 % k) }
        var squares = [Float](repeating: 0, count: tile.stride)
        ac_distance_to_own(
            tile.memory.pointer, Int64(tile.stride), Int64(n), Int64(d), centroids.flatMap(\.self), labels, &squares)
        var sizes = [Int64](repeating: 0, count: k)
        var distances = [Float](repeating: 0, count: n)
        let inertia = ac_finish_assignment(squares, labels, Int64(n), 2, &sizes, &distances)
        var expected = 0.0
        for i in 0..<n {
            let square = Self.square(tile.rows[i], centroids[Int(labels[i])])
            expected += square
            #expect(abs(Double(distances[i]) - 2 * square.squareRoot()) < 1e-5 * max(1, square))
        }
        #expect(abs(inertia - expected) < 1e-4 * expected)
        #expect(sizes.reduce(0, +) == Int64(n))
    }

    @Test func equalScoresAreTiesForTheLowestIndex() {
        let squares = [Float](repeating: 1, count: 3 * 16)
        var labels = [Int32](repeating: -1, count: 5)
        var confidence = [Float](repeating: 0, count: 5)
        var sum = 0.0
        let ties = ac_choose(squares, 16, 5, 3, [0, 0, 0], 1, &labels, &confidence, &sum)
        #expect(ties == 5 && labels == [0, 0, 0, 0, 0])
        #expect(confidence.allSatisfy { abs($0 - 1 / 3.0) < 1e-6 })
        #expect(ac_choose(squares, 16, 5, 3, [0, 1, 1], 1, &labels, &confidence, &sum) == 5 && labels[0] == 1)
        #expect(ac_choose(squares, 16, 5, 3, [0, 0, 1], 1, &labels, &confidence, &sum) == 0 && labels[0] == 2)
    }

    @Test func farAwayScoresVanishWithoutHarm() {
        var squares = [Float](repeating: 0, count: 32)
        for i in 16..<32 { squares[i] = 1e30 }
        var shares = [Float](repeating: -1, count: 32)
        var (logSum, scatter) = (0.0, 0.0)
        ac_attend(squares, 16, 16, 2, [0, 0], 1, &shares, &logSum, &scatter)
        #expect(shares[0] == 1 && shares[16] == 0)
        #expect(logSum == 0 && scatter == 0)
    }
}
