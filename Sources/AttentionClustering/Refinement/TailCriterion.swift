internal import CKernels

/// How much better a mixture describes points when its clusters may have heavier tails than a Gaussian.
///
/// Where points have heavy tails, a Gaussian mixture whose clusters have covariances of their own gains much likelihood
/// by giving one of them up to all the far points, at the price of two real clusters becoming one. To compare mixtures
/// by what they say of the clusters and not of the tails, each is also read as a mixture of multivariate t
/// distributions with the same centroids, weights and covariances, and with as many degrees of freedom as suit it best
/// (Peel and McLachlan, *Robust mixture modelling using the t distribution*, 2000): then none needs a cluster for tails.
struct TailCriterion {
    let rows: FramedRows
    let passes: RowPasses
    /// How many coordinates vary.
    let varying: Int

    /// The degrees of freedom that are tried.
    private static let degrees = [3.0, 5, 10, 30]
    private static let sampleRows = 1 << 12

    /// A criterion on a sample of the rows of `working`.
    init(_ working: WorkingSet) throws {
        passes = working.attention.passes
        rows = try working.rows.sampled(
            RowSample.rows(Self.sampleRows, of: working.count, seed: 0), passes: passes)
        varying = working.moments.variances.count { $0 > 0 }
    }

    /// What a mixture says of the sample.
    struct Reading {
        /// The gain in mean log-likelihood over the Gaussian mixture, for the best degrees of freedom; 0 where none is
        /// better.
        let gain: Double
        /// The log-likelihood of each row with that gain, up to what is the same for all mixtures.
        let values: [Double]
    }

    func reading(of mixture: Mixture) throws -> Reading {
        let scoring = mixture.scoring()
        guard case .attention(let metric, let biases, let half) = scoring.scores else {
            return Reading(gain: 0, values: [])
        }
        let (k, d) = (mixture.clusterCount, rows.dimension)
        let layout = RowLayout(rows: rows.count, width: d + 2 * k)
        let scratchRows = d + k + metric.workRows(dimension: d)
        let shapes = Self.degrees.map { TailShape($0, dimension: varying) }
        let offsets = biases.map { Double($0) + scoring.logNormalizer }
        let width = shapes.count + 1
        let values = AlignedBuffer<Double>(count: rows.count * width, filledWith: 0)
        _ = try passes.run(
            layout, abandonable: false,
            scratch: { AlignedBuffer<Float>(count: scratchRows * layout.stride, filledWith: 0) }, partial: {}
        ) { memory, _, range in
            let stride = layout.stride
            let squares = memory.pointer + d * stride
            rows.load(range, into: memory.pointer, stride: stride)
            metric.measure(
                memory.pointer, stride: stride, count: range.count, dimension: d, clusters: k,
                work: squares + k * stride, into: squares)
            for (lane, row) in range.enumerated() {
                let target = values.pointer + row * width
                func square(_ cluster: Int) -> Double { 2 * Double(half) * Double(squares[cluster * stride + lane]) }
                target[0] = Self.logSum(k) { offsets[$0] - 0.5 * square($0) }
                for (index, shape) in shapes.enumerated() {
                    target[index + 1] = Self.logSum(k) { offsets[$0] + shape.logDensity(square($0)) }
                }
            }
        }
        let means = (0..<width).map { shape in mean { values.pointer[$0 * width + shape] } }
        let best = means.indices.max { (means[$0], -$0) < (means[$1], -$1) } ?? 0
        return Reading(
            gain: means[best] - means[0], values: (0..<rows.count).map { values.pointer[$0 * width + best] })
    }

    /// By how many standard errors the difference of two readings is above 0 (Vuong, *Likelihood ratio tests for model
    /// selection and non-nested hypotheses*, 1989).
    ///
    /// - Parameter difference: of their means, with what their parameters cost.
    func errors(_ difference: Double, of first: Reading, over second: Reading) -> Double {
        guard first.values.count == rows.count, second.values.count == rows.count else { return 0 }
        let centre = mean { first.values[$0] - second.values[$0] }
        let variance = mean {
            let step = first.values[$0] - second.values[$0] - centre
            return step * step
        }
        return variance > 0 ? difference / (variance / size).squareRoot() : 0
    }

    private func weight(_ row: Int) -> Double { Double(rows.weight(of: row)) }

    private func mean(_ value: (Int) -> Double) -> Double {
        (0..<rows.count).reduce(0) { $0 + weight($1) * value($1) } / rows.totalWeight
    }

    /// How many rows of one weight say as much.
    private var size: Double {
        rows.totalWeight * rows.totalWeight / (0..<rows.count).reduce(0) { $0 + weight($1) * weight($1) }
    }

    private static func logSum(_ count: Int, _ value: (Int) -> Double) -> Double {
        var (top, sum) = (-Double.infinity, 0.0)
        for index in 0..<count {
            let own = value(index)
            if own > top {
                sum = sum * exponential(top - own) + 1
                top = own
            } else if own > -.infinity {
                sum += exponential(own - top)
            }
        }
        return top + logarithm(sum)
    }
}

/// The density of a multivariate t distribution with the covariance of a Gaussian.
private struct TailShape: Sendable {
    private let degrees, dimension, constant: Double

    init(_ degrees: Double, dimension: Int) {
        self.degrees = degrees
        let d = Double(dimension)
        self.dimension = d
        constant =
            logGamma((degrees + d) / 2) - logGamma(degrees / 2) - 0.5 * d * logarithm((degrees - 2) / 2)
    }

    /// log of the density at a squared distance in the metric of the covariance, without what it shares with the
    /// Gaussian's.
    func logDensity(_ square: Double) -> Double {
        constant - 0.5 * (degrees + dimension) * logarithm(1 + square / (degrees - 2))
    }
}
