internal import CKernels
internal import COpenBLAS

/// One linear attention layer with identity matrices, in the limit of long contexts: T(x) = Kλ·S·x, S = E[xxᵀ].
///
/// ```swift
/// let quantizer = try LinearQuantizer(points, clusterCount: 2)
/// let quantized = try quantizer.quantize(points)
/// ```
///
/// For K orthonormal centroids with noise σ and λ = 1/(1 + Kσ²) the layer leaves the centroids where they are and
/// shrinks what is off their span by Kσ²/(1 + Kσ²): within a cluster the variance falls from dσ² to
/// Kσ² + (d − K)σ²·(Kσ²/(1 + Kσ²))² (arXiv 2505.13112, in-context clustering).
public struct LinearQuantizer: Sendable {
    /// The number of centroids, `K`.
    public let clusterCount: Int
    /// The layer's λ.
    public let inverseTemperature: Double
    /// Kλ·S, d×d.
    let layer: Matrix

    /// Measures the second moment of `points` about the origin.
    ///
    /// - Parameters:
    ///   - points: N×d, all finite.
    ///   - clusterCount: K, at least 1; nil for where the spectrum of S falls most steeply.
    ///   - inverseTemperature: λ; automatic such that Kλ is one over the mean of the K largest eigenvalues of S, which
    ///     for orthonormal centroids is λ = 1/(1 + Kσ²).
    ///   - control: threads, on which the result does not depend, and cancellation.
    /// - Throws: ``ClusteringError`` when K is not between 1 and d, λ is not above 0, there are no points or one is not
    ///   finite; `CancellationError` when `control` cancels.
    /// - Complexity: O(N·d² + d³).
    public init(
        _ points: Points, clusterCount: Int? = nil, inverseTemperature: InverseTemperature = .automatic,
        control: FitControl = FitControl()
    ) throws {
        let d = points.dimension
        guard points.count > 0, d > 0 else {
            throw ClusteringError(
                points.count > 0 ? .noColumns : .tooFewPoints, detail: "There is nothing to quantise; give some points."
            )
        }
        if let clusterCount, clusterCount < 1 || clusterCount > d {
            throw ClusteringError(
                .invalidOption, option: "clusterCount",
                detail: "clusterCount is \(clusterCount); a linear layer keeps between 1 and \(d) directions here.")
        }
        let passes = RowPasses(control: control)
        _ = try Survey(points, passes: passes)
        try self.init(
            rows: ExactRows(points: points, frame: .identity(dimension: d), choice: nil), clusterCount: clusterCount,
            inverseTemperature: inverseTemperature, passes: passes)
    }

    init(rows: ExactRows, clusterCount: Int?, inverseTemperature: InverseTemperature, passes: RowPasses) throws {
        let d = rows.dimension
        let moment = try Self.secondMoment(rows, passes: passes)
        let spectrum = moment.leadingEigenvectors(d)?.values.map { max(0, $0) } ?? []
        let k = min(d, clusterCount ?? Self.steepestFall(spectrum))
        let signal = spectrum.prefix(k).reduce(0, +)
        let automatic = signal > 0 && signal.isFinite ? 1 / signal : 1
        let lambda =
            switch inverseTemperature {
            case .automatic: automatic
            case .fixed(let value): value
            }
        guard lambda > 0, lambda.isFinite else {
            throw ClusteringError(
                .invalidOption, option: "inverseTemperature",
                detail: "inverseTemperature is \(lambda); give a finite number above 0, or leave it automatic.")
        }
        self.clusterCount = k
        self.inverseTemperature = lambda
        layer = moment.scaled(by: Double(k) * lambda)
    }

    /// The position of the largest ratio of neighbours in the falling spectrum.
    private static func steepestFall(_ spectrum: [Double]) -> Int {
        let floor = max(1e-12 * (spectrum.first ?? 0), Double.leastNormalMagnitude)
        var (best, steepest) = (1, 1.0)
        for index in 0..<max(0, spectrum.count - 1) where spectrum[index] > floor {
            let ratio = spectrum[index] / max(spectrum[index + 1], floor)
            if ratio > steepest { (best, steepest) = (index + 1, ratio) }
        }
        return best
    }

    private static func secondMoment(_ rows: ExactRows, passes: RowPasses) throws -> Matrix {
        let d = rows.dimension
        let layout = RowLayout(rows: rows.count, width: 2 * d, partialSize: d * d)
        let partials = try passes.run(
            layout, abandonable: false,
            scratch: { AlignedBuffer<Double>(count: layout.tileRows * d, filledWith: 0) },
            partial: { Matrix(rows: d, columns: d) }
        ) { tile, sum, range in
            rows.load(range, into: tile.pointer)
            sum.addUpperGram(tile.pointer, count: range.count)
        }
        var total = Matrix(rows: d, columns: d)
        for partial in partials ?? [] { total.add(partial) }
        return total.mirrored.scaled(by: 1 / Double(rows.count))
    }

    /// T(x) of every point.
    ///
    /// - Throws: ``ClusteringError`` when the points have another dimension.
    /// - Complexity: O(N·d²).
    public func quantize(_ points: Points, threads: Int = 1) throws -> Points {
        let d = layer.rows
        guard points.dimension == d else {
            throw ClusteringError(
                .dimensionMismatch, detail: "The points have \(points.dimension) columns, and not \(d).")
        }
        let rows = ExactRows(points: points, frame: .identity(dimension: d), choice: nil)
        let output = AlignedBuffer<Float>(count: points.count * d, filledWith: 0)
        let passes = RowPasses(control: FitControl(threads: threads))
        let layout = RowLayout(rows: points.count, width: 4 * d)
        let scratch: @Sendable () -> (tile: AlignedBuffer<Double>, product: AlignedBuffer<Double>) = {
            (
                tile: AlignedBuffer<Double>(count: layout.tileRows * d, filledWith: 0),
                product: AlignedBuffer<Double>(count: layout.tileRows * d, filledWith: 0)
            )
        }
        _ = try passes.run(layout, abandonable: false, scratch: scratch, partial: {}) { scratch, _, range in
            rows.load(range, into: scratch.tile.pointer)
            multiply(scratch.tile.pointer, count: range.count, into: scratch.product.pointer)
            let target = output.pointer + range.lowerBound * d
            for index in 0..<range.count * d { target[index] = Float(scratch.product.pointer[index]) }
        }
        return try Points(values: output.array, count: points.count, dimension: d)
    }

    /// T(x) of `count` points, row-major; S is symmetric.
    private func multiply(_ points: UnsafePointer<Double>, count: Int, into product: UnsafeMutablePointer<Double>) {
        let d = Int32(layer.rows)
        layer.withUnsafeValues {
            cblas_dgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), d, d, 1, points, d, $0.baseAddress, d, 0,
                product, d)
        }
    }
}
