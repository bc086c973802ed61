internal import CKernels
internal import COpenBLAS

/// Mean and (co)variance of rows in frame coordinates.
struct Moments: Sendable {
    let mean: [Double]
    /// Σ over columns of the variance.
    let totalVariance: Double
    let variances: [Double]
    /// d×d, unless d is above ``covarianceLimit``.
    let covariance: Matrix?

    /// Above this dimension principal directions come from subspace iteration and not from the covariance.
    static let covarianceLimit = 512

    init(_ rows: FramedRows, passes: RowPasses, withCovariance: Bool) throws {
        let d = rows.dimension
        let whole = withCovariance && d <= Self.covarianceLimit
        let layout = RowLayout(rows: rows.count, width: d, partialSize: whole ? d * d : 2 * d)
        let sum = try passes.sum(
            layout, abandonable: false, scratch: { Scratch(layout, dimension: d, products: whole) },
            partial: { Partial(dimension: d, products: whole) }, add: { $0.add($1) }
        ) { scratch, partial, range in
            rows.load(range, into: scratch.tile.pointer, stride: layout.stride)
            let isWeighted = rows.loadWeights(range, into: scratch.weights.pointer)
            partial.add(scratch, count: range.count, stride: layout.stride, isWeighted: isWeighted)
        }
        self.init(sum ?? Partial(dimension: d, products: whole), count: rows.totalWeight)
    }

    private init(_ sum: Partial, count: Double) {
        let mean = sum.sums.map { $0 / count }
        self.mean = mean
        variances = zip(sum.squares, mean).map { max(0, $0 / count - $1 * $1) }
        totalVariance = variances.reduce(0, +)
        guard let products = sum.products else {
            covariance = nil
            return
        }
        var matrix = products
        for i in 0..<mean.count {
            for j in i..<mean.count {
                let value = products[i, j] / count - mean[i] * mean[j]
                matrix[i, j] = value
                matrix[j, i] = value
            }
        }
        covariance = matrix
    }

    private init(mean: [Double], variances: [Double], covariance: Matrix?) {
        self.mean = mean
        self.variances = variances
        totalVariance = variances.reduce(0, +)
        self.covariance = covariance
    }

    /// The moments after each column is multiplied with `factors[j]`.
    func scaled(by factors: [Double]) -> Moments {
        var matrix = covariance
        for i in 0..<factors.count where matrix != nil {
            for j in 0..<factors.count { matrix?[i, j] *= factors[i] * factors[j] }
        }
        return Moments(
            mean: zip(mean, factors).map { $0 * $1 }, variances: zip(variances, factors).map { $0 * $1 * $1 },
            covariance: matrix)
    }

    /// Cov − Σ_k w_k(c_k − mean)(c_k − mean)ᵀ: what is left of the (co)variances within clusters.
    func within(_ centroids: Matrix, weights: [Double]) -> (variances: [Double], covariance: Matrix?) {
        var rest = variances
        var matrix = covariance
        for k in 0..<weights.count {
            let step = (0..<mean.count).map { centroids[k, $0] - mean[$0] }
            for j in 0..<step.count { rest[j] -= weights[k] * step[j] * step[j] }
            matrix?.addOuterProduct(step, times: -weights[k])
        }
        for j in 0..<rest.count {
            rest[j] = max(0, rest[j])
            if let value = matrix?[j, j], value < 0 { matrix?[j, j] = 0 }
        }
        return (rest, matrix)
    }

    private final class Scratch {
        let tile, weights: AlignedBuffer<Float>
        let products: AlignedBuffer<Float>?

        init(_ layout: RowLayout, dimension: Int, products: Bool) {
            tile = AlignedBuffer(count: dimension * layout.stride, filledWith: 0)
            weights = AlignedBuffer(count: layout.stride, filledWith: 0)
            self.products = products ? AlignedBuffer(count: dimension * dimension, filledWith: 0) : nil
        }
    }

    private struct Partial {
        var sums: [Double]
        var squares: [Double]
        var products: Matrix?  // upper triangle

        init(dimension: Int, products: Bool) {
            sums = [Double](repeating: 0, count: dimension)
            squares = sums
            self.products = products ? Matrix(rows: dimension, columns: dimension) : nil
        }

        mutating func add(_ scratch: Scratch, count: Int, stride: Int, isWeighted: Bool) {
            let d = Int32(sums.count)
            let (tile, lanes, n) = (scratch.tile.pointer, Int64(stride), Int64(count))
            if isWeighted {
                let weights = scratch.weights.pointer
                ac_add_weighted_moments(tile, lanes, n, Int64(d), weights, &sums, &squares)
                for index in 0..<(count + 15) / 16 * 16 { weights[index] = weights[index].squareRoot() }
                ac_weigh_rows(tile, lanes, n, Int64(d), weights)
            } else {
                ac_add_moments(tile, lanes, n, Int64(d), &sums, &squares)
            }
            guard let product = scratch.products else { return }
            cblas_ssyrk(
                CblasRowMajor, CblasUpper, CblasNoTrans, d, Int32(count), 1, scratch.tile.pointer, Int32(stride), 0,
                product.pointer, d)
            products?.add(floats: product.pointer)
        }

        mutating func add(_ other: Partial) {
            for j in 0..<sums.count {
                sums[j] += other.sums[j]
                squares[j] += other.squares[j]
            }
            if let more = other.products { products?.add(more) }
        }
    }
}
