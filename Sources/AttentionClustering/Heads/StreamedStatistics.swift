internal import CKernels
internal import COpenBLAS

/// Expectations by passes over stored tokens, O(N·m·K) a step: for more coordinates than moment tensors allow.
struct StreamedStatistics: TokenStatistics {
    let secondMoment: Matrix
    let weightedSecondMoment: Matrix
    let mean: [Double]
    private let tokens: StoredTokens
    /// One over the tokens' weights all together.
    private let share: Double
    private let layout: RowLayout
    private let passes: RowPasses

    init(_ source: TokenSource, passes: RowPasses) throws {
        self.passes = passes
        let m = source.dimension
        let layout = source.layout(partialSize: 2 * m * m)
        let stored = StoredTokens(count: source.count, dimension: m, isWeighted: source.rows.weights != nil)
        let total = try passes.sum(
            layout, abandonable: false, scratch: { source.makeScratch(layout) }, partial: { Partial(m: m) },
            add: { $0.add($1) }
        ) { scratch, partial, range in
            source.load(range, scratch)
            let isWeighted = source.loadWeights(range, scratch)
            stored.fill(range, from: scratch.tokens.pointer, weights: scratch.weights.pointer)
            let tokens = isWeighted ? scratch.tokens.pointer : stored.row(range.lowerBound)
            if isWeighted {
                ac_add_weighted_rows(
                    tokens, scratch.weights.pointer, Int64(range.count), Int64(m), &partial.mean)
                ac_scale_rows(tokens, scratch.roots.pointer, Int64(range.count), Int64(m), tokens)
            } else {
                ac_add_rows(tokens, Int64(range.count), Int64(m), &partial.mean)
            }
            partial.add(tokens, stored.norms.pointer + range.lowerBound, count: range.count)
        }
        let sum = total ?? Partial(m: m)
        let share = 1 / max(source.totalWeight, .leastNormalMagnitude)
        self.share = share
        secondMoment = sum.second.mirrored.scaled(by: share)
        weightedSecondMoment = sum.weighted.symmetrized.scaled(by: share)
        mean = sum.mean.map { $0 * share }
        tokens = stored
        self.layout = layout
    }

    func responses(to heads: Matrix) throws -> HeadResponses? {
        let (m, k) = (heads.rows, heads.columns)
        let turned = secondMoment.times(heads)
        let sum = try passes.sum(
            layout, abandonable: true, scratch: { Products(layout, k: k) }, partial: { Responses(m: m, k: k) },
            add: { $0.add($1) }
        ) { products, sum, range in
            let x = tokens.row(range.lowerBound)
            products.project(x, heads, into: products.p, count: range.count)
            products.project(x, turned, into: products.r, count: range.count)
            sum.add(
                x, tokens.norms.pointer + range.lowerBound, products,
                weights: tokens.weights.map { $0.pointer + range.lowerBound }, count: range.count, k: k)
        }
        return sum?.means(share)
    }

    func cubes(of heads: Matrix) throws -> HeadCubes? {
        let (m, k) = (heads.rows, heads.columns)
        let sum = try passes.sum(
            layout, abandonable: true, scratch: { Products(layout, k: k) },
            partial: { HeadCubes(responses: Matrix(rows: m, columns: k), fourth: 0) },
            add: { total, partial in
                total.responses.add(partial.responses)
                total.fourth += partial.fourth
            }
        ) { products, sum, range in
            let x = tokens.row(range.lowerBound)
            products.project(x, heads, into: products.p, count: range.count)
            let fourth = ac_cubes(products.p.pointer, Int64(range.count * k), products.cubes.pointer)
            sum.fourth +=
                tokens.weights.map {
                    products.weigh(products.cubes, by: $0.pointer + range.lowerBound, count: range.count, k: k)
                } ?? fourth
            sum.responses.addProduct(x, products.cubes.pointer, count: range.count)
        }
        return sum.map { HeadCubes(responses: $0.responses.scaled(by: share), fourth: $0.fourth * share) }
    }
}

extension StreamedStatistics {
    private struct Partial {
        var mean: [Double]
        var second: Matrix
        var weighted: Matrix

        init(m: Int) {
            mean = [Double](repeating: 0, count: m)
            second = Matrix(rows: m, columns: m)
            weighted = second
        }

        mutating func add(_ other: Partial) {
            second.add(other.second)
            weighted.add(other.weighted)
            for j in 0..<mean.count { mean[j] += other.mean[j] }
        }

        /// Adds the second moments of tokens, which are multiplied with the roots of their weights.
        mutating func add(_ x: UnsafePointer<Double>, _ norms: UnsafePointer<Double>, count: Int) {
            let m = Int64(mean.count)
            second.addUpperGram(x, count: count)
            let scaled = AlignedBuffer<Double>(count: count * mean.count, filledWith: 0)
            ac_scale_rows(x, norms, Int64(count), m, scaled.pointer)
            weighted.addProduct(x, scaled.pointer, count: count)
        }
    }

    private final class Products {
        let p, r, qp, tp, qr, qwp, cubes: AlignedBuffer<Double>

        init(_ layout: RowLayout, k: Int) {
            func make() -> AlignedBuffer<Double> { AlignedBuffer(count: layout.tileRows * k, filledWith: 0) }
            (p, r, qp, tp, qr, qwp, cubes) = (make(), make(), make(), make(), make(), make(), make())
        }

        /// Multiplies rows of count×k with weights.
        ///
        /// - Returns: their inner product with the rows of ``p``.
        func weigh(
            _ rows: AlignedBuffer<Double>, by weights: UnsafePointer<Double>, count: Int, k: Int
        ) -> Double {
            ac_scale_rows(rows.pointer, weights, Int64(count), Int64(k), rows.pointer)
            return cblas_ddot(Int32(count * k), rows.pointer, 1, p.pointer, 1)
        }

        /// target = X·heads, count×k.
        func project(_ x: UnsafePointer<Double>, _ heads: Matrix, into target: AlignedBuffer<Double>, count: Int) {
            let (m, k) = (Int32(heads.rows), Int32(heads.columns))
            heads.withUnsafeValues {
                cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), k, m, 1, x, m, $0.baseAddress, k, 0,
                    target.pointer, k)
            }
        }
    }

    private struct Responses {
        var qp, tp, qr, qwp, cubes: Matrix
        var sums = ac_head_sums(q2w: 0, qt: 0, q2: 0, p4: 0)

        init(m: Int, k: Int) {
            qp = Matrix(rows: m, columns: k)
            (tp, qr, qwp, cubes) = (qp, qp, qp, qp)
        }

        mutating func add(
            _ x: UnsafePointer<Double>, _ norms: UnsafePointer<Double>, _ products: Products,
            weights: UnsafePointer<Double>?, count: Int, k: Int
        ) {
            var own = ac_head_sums(q2w: 0, qt: 0, q2: 0, p4: 0)
            ac_head_products(
                products.p.pointer, products.r.pointer, norms, Int64(count), Int64(k), products.qp.pointer,
                products.tp.pointer, products.qr.pointer, products.qwp.pointer, products.cubes.pointer, &own)
            if let weights {
                func weigh(_ rows: AlignedBuffer<Double>) -> Double {
                    products.weigh(rows, by: weights, count: count, k: k)
                }
                _ = weigh(products.qr)
                own = ac_head_sums(
                    q2w: weigh(products.qwp), qt: weigh(products.tp), q2: weigh(products.qp),
                    p4: weigh(products.cubes))
            }
            sums.q2w += own.q2w
            sums.qt += own.qt
            sums.q2 += own.q2
            sums.p4 += own.p4
            qp.addProduct(x, products.qp.pointer, count: count)
            tp.addProduct(x, products.tp.pointer, count: count)
            qr.addProduct(x, products.qr.pointer, count: count)
            qwp.addProduct(x, products.qwp.pointer, count: count)
            cubes.addProduct(x, products.cubes.pointer, count: count)
        }

        mutating func add(_ other: Responses) {
            qp.add(other.qp)
            tp.add(other.tp)
            qr.add(other.qr)
            qwp.add(other.qwp)
            cubes.add(other.cubes)
            sums.q2w += other.sums.q2w
            sums.qt += other.sums.qt
            sums.q2 += other.sums.q2
            sums.p4 += other.sums.p4
        }

        func means(_ share: Double) -> HeadResponses {
            HeadResponses(
                qp: qp.scaled(by: share), tp: tp.scaled(by: share), qr: qr.scaled(by: share),
                qwp: qwp.scaled(by: share), q2w: sums.q2w * share, qt: sums.qt * share, q2: sums.q2 * share,
                cubes: HeadCubes(responses: cubes.scaled(by: share), fourth: sums.p4 * share))
        }
    }
}
