internal import CKernels
internal import COpenBLAS

/// Expectations by passes over stored tokens, O(N·m·K) a step: for more coordinates than moment tensors allow.
struct StreamedStatistics: TokenStatistics {
    let secondMoment: Matrix
    let weightedSecondMoment: Matrix
    let mean: [Double]
    private let tokens: StoredTokens
    private let layout: RowLayout
    private let passes: RowPasses

    init(_ source: TokenSource, passes: RowPasses) throws {
        self.passes = passes
        let m = source.dimension
        let layout = source.layout(partialSize: 2 * m * m)
        let stored = StoredTokens(count: source.count, dimension: m)
        let partials = try passes.run(
            layout, abandonable: false, scratch: { source.makeScratch(layout) }, partial: { Partial(m: m) }
        ) { scratch, partial, range in
            source.load(range, scratch)
            stored.fill(range, from: scratch.tokens.pointer)
            partial.add(stored.row(range.lowerBound), stored.norms.pointer + range.lowerBound, count: range.count)
        }
        var sum = Partial(m: m)
        for partial in partials ?? [] {
            sum.second.add(partial.second)
            sum.weighted.add(partial.weighted)
            for j in 0..<m { sum.mean[j] += partial.mean[j] }
        }
        let share = 1 / Double(max(1, source.count))
        secondMoment = sum.second.mirrored.scaled(by: share)
        weightedSecondMoment = sum.weighted.symmetrized.scaled(by: share)
        mean = sum.mean.map { $0 * share }
        tokens = stored
        self.layout = layout
    }

    func responses(to heads: Matrix) throws -> HeadResponses? {
        let (m, k) = (heads.rows, heads.columns)
        let turned = secondMoment.times(heads)
        let partials = try passes.run(
            layout, abandonable: true, scratch: { Products(layout, k: k) }, partial: { Responses(m: m, k: k) }
        ) { products, sum, range in
            let x = tokens.row(range.lowerBound)
            products.project(x, heads, into: products.p, count: range.count)
            products.project(x, turned, into: products.r, count: range.count)
            sum.add(x, tokens.norms.pointer + range.lowerBound, products, count: range.count, k: k)
        }
        guard let partials else { return nil }
        var sum = Responses(m: m, k: k)
        for partial in partials { sum.add(partial) }
        return sum.means(1 / Double(tokens.count))
    }

    func cubes(of heads: Matrix) throws -> HeadCubes? {
        let (m, k) = (heads.rows, heads.columns)
        let partials = try passes.run(
            layout, abandonable: true, scratch: { Products(layout, k: k) },
            partial: { HeadCubes(responses: Matrix(rows: m, columns: k), fourth: 0) }
        ) { products, sum, range in
            let x = tokens.row(range.lowerBound)
            products.project(x, heads, into: products.p, count: range.count)
            sum.fourth += ac_cubes(products.p.pointer, Int64(range.count * k), products.cubes.pointer)
            sum.responses.addProduct(x, products.cubes.pointer, count: range.count)
        }
        guard let partials else { return nil }
        var sum = HeadCubes(responses: Matrix(rows: m, columns: k), fourth: 0)
        for partial in partials {
            sum.responses.add(partial.responses)
            sum.fourth += partial.fourth
        }
        let share = 1 / Double(tokens.count)
        return HeadCubes(responses: sum.responses.scaled(by: share), fourth: sum.fourth * share)
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

        mutating func add(_ x: UnsafePointer<Double>, _ norms: UnsafePointer<Double>, count: Int) {
            let m = Int64(mean.count)
            ac_add_rows(x, Int64(count), m, &mean)
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
            _ x: UnsafePointer<Double>, _ norms: UnsafePointer<Double>, _ products: Products, count: Int, k: Int
        ) {
            ac_head_products(
                products.p.pointer, products.r.pointer, norms, Int64(count), Int64(k), products.qp.pointer,
                products.tp.pointer, products.qr.pointer, products.qwp.pointer, products.cubes.pointer, &sums)
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
