internal import CKernels

/// Centroids at points chosen by greedy k-means++: for data that admit no frame of K heads.
///
/// Arthur and Vassilvitskii, *k-means++* (2007), with 2 + ⌊log K⌋ candidates a centroid of which the best is kept. Works
/// on a sample of the rows.
struct SeededStart {
    private let tiles: [Tile]
    private let k: Int
    private let d: Int
    private var random: RandomSource
    private let passes: RowPasses

    /// The least and the per-cluster number of rows that are looked at.
    static let sampleRows = 1 << 14
    static let sampleRowsPerCluster = 32

    private struct Tile {
        let points: AlignedBuffer<Float>
        let nearest: AlignedBuffer<Float>
        /// Nil where all points count for one.
        let weights: AlignedBuffer<Float>?
        let count: Int
        let stride: Int

        /// Σ of the points' weights.
        var weight: Double {
            weights.map { $0.array.prefix(count).reduce(0.0) { $0 + Double($1) } } ?? Double(count)
        }
    }

    /// - Parameter rows: the sample.
    init(rows: FramedRows, count k: Int, seed: UInt64, attempt: Int, passes: RowPasses) throws {
        let layout = RowLayout(rows: rows.count, width: rows.dimension)
        self.k = k
        self.passes = passes
        d = rows.dimension
        random = RandomSource(seed: seed, stream: 16 + UInt64(attempt))
        tiles = try stride(from: 0, to: rows.count, by: layout.tileRows).map { start in
            _ = try passes.proceed()
            let count = min(layout.tileRows, rows.count - start)
            let points = AlignedBuffer<Float>(count: rows.dimension * layout.stride, filledWith: 0)
            rows.load(start..<start + count, into: points.pointer, stride: layout.stride)
            let nearest = AlignedBuffer<Float>(count: layout.stride, filledWith: .greatestFiniteMagnitude)
            let weights = AlignedBuffer<Float>(count: layout.stride, filledWith: 0)
            let isWeighted = rows.loadWeights(start..<start + count, into: weights.pointer)
            return Tile(
                points: points, nearest: nearest, weights: isWeighted ? weights : nil, count: count,
                stride: layout.stride)
        }
    }

    /// K×d centroids in the frame; equal ones where fewer points differ.
    mutating func centroids() throws -> Matrix {
        var chosen = [anyPoint()]
        var sums = lower(to: chosen[0])
        while chosen.count < k {
            _ = try passes.proceed()
            let candidates = (0..<2 + Int(logarithm(Double(k)))).map { _ in draw(sums) }
            let best = potentials(of: candidates).enumerated().min { $0.element < $1.element }?.offset ?? 0
            chosen.append(candidates[best])
            sums = lower(to: candidates[best])
        }
        return Matrix(rows: k, columns: d, values: chosen.flatMap { $0.map(Double.init) })
    }

    private func point(_ index: Int) -> [Float] {
        let rows = max(1, tiles.first?.count ?? 1)
        let tile = tiles[index / rows]
        return (0..<d).map { tile.points[$0 * tile.stride + index % rows] }
    }

    /// A point drawn with probability proportional to its weight.
    private mutating func anyPoint() -> [Float] {
        guard tiles.contains(where: { $0.weights != nil }) else {
            return point(Int(random.next() % UInt64(max(1, tiles.reduce(0) { $0 + $1.count }))))
        }
        var target = random.uniform() * tiles.reduce(0.0) { $0 + $1.weight }
        for tile in tiles {
            if target < tile.weight, let weights = tile.weights {
                let index = Int(ac_pick_weighted(nil, weights.pointer, Int64(tile.count), target))
                return (0..<d).map { tile.points[$0 * tile.stride + index] }
            }
            target -= tile.weight
        }
        return point(0)
    }

    /// A point drawn with probability proportional to its weight and its squared distance to the nearest centroid.
    private mutating func draw(_ sums: [Double]) -> [Float] {
        var target = random.uniform() * sums.reduce(0, +)
        for (tile, sum) in zip(tiles, sums) {
            if target < sum {
                let index = Int(
                    tile.weights.map {
                        ac_pick_weighted(tile.nearest.pointer, $0.pointer, Int64(tile.count), target)
                    } ?? ac_pick(tile.nearest.pointer, Int64(tile.count), target))
                return (0..<d).map { tile.points[$0 * tile.stride + index] }
            }
            target -= sum
        }
        return anyPoint()
    }

    private func lower(to centroid: [Float]) -> [Double] {
        tiles.map { tile in
            let distances = self.distances(tile, to: centroid, k: 1)
            let sum = ac_lower(distances.pointer, Int64(tile.count), tile.nearest.pointer)
            return tile.weights.map { ac_weighted_total(tile.nearest.pointer, $0.pointer, Int64(tile.count)) } ?? sum
        }
    }

    private func potentials(of candidates: [[Float]]) -> [Double] {
        let flat = candidates.flatMap(\.self)
        return tiles.reduce(into: [Double](repeating: 0, count: candidates.count)) { sums, tile in
            let distances = self.distances(tile, to: flat, k: candidates.count)
            for index in candidates.indices {
                let own = distances.pointer + index * tile.stride
                sums[index] +=
                    tile.weights.map {
                        ac_lowered_weighted_sum(own, Int64(tile.count), tile.nearest.pointer, $0.pointer)
                    } ?? ac_lowered_sum(own, Int64(tile.count), tile.nearest.pointer)
            }
        }
    }

    private func distances(_ tile: Tile, to centroids: [Float], k: Int) -> AlignedBuffer<Float> {
        let distances = AlignedBuffer<Float>(count: k * tile.stride, filledWith: 0)
        ac_squared_distances(
            tile.points.pointer, Int64(tile.stride), Int64(tile.count), Int64(d), centroids, Int64(k),
            distances.pointer)
        return distances
    }
}
