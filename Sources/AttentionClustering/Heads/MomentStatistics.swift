internal import CKernels
internal import COpenBLAS

/// Expectations by contraction of fourth-order moment tensors, for few coordinates m.
///
/// After one pass over the tokens a step costs O(m⁴·K), however many tokens there are.
///
/// With φ(x) = (x_a·x_b) for a ≤ b (D = m(m+1)/2 features) it holds T = ⟨φφᵀ⟩ and W = ⟨w·φφᵀ⟩. A quadratic form
/// xᵀAx is ⟨α, φ⟩ with α_ab = A_aa or 2A_ab, hence ⟨xᵀAx·xᵀBx⟩ = αᵀTβ and ⟨xᵀAx·xxᵀ⟩ = matrix of Tα.
struct MomentStatistics: TokenStatistics {
    let secondMoment: Matrix
    let weightedSecondMoment: Matrix
    let mean: [Double]
    private let fourth: Matrix
    private let weightedFourth: Matrix
    private let passes: RowPasses

    /// The most coordinates m for which this way is taken.
    static let dimensionLimit = 16

    init(_ source: TokenSource, passes: RowPasses) throws {
        self.passes = passes
        let m = source.dimension
        let pairs = m * (m + 1) / 2
        let layout = source.layout(partialSize: 2 * pairs * pairs, width: 4 * pairs)
        let total = try passes.sum(
            layout, abandonable: false, scratch: { Scratch(source, layout, pairs: pairs) },
            partial: { Partial(m: m, pairs: pairs) }, add: { $0.add($1) }
        ) { scratch, partial, range in
            source.load(range, scratch.tokens)
            let isWeighted = source.loadWeights(range, scratch.tokens)
            partial.add(scratch, count: range.count, m: m, pairs: pairs, isWeighted: isWeighted)
        }
        let sum = total ?? Partial(m: m, pairs: pairs)
        let share = 1 / max(source.totalWeight, .leastNormalMagnitude)
        fourth = sum.fourth.mirrored.scaled(by: share)
        weightedFourth = sum.weighted.mirrored.scaled(by: share)
        secondMoment = sum.second.mirrored.scaled(by: share)
        mean = sum.mean.map { $0 * share }
        // Q_ab = Σ_c ⟨x_a·x_b·x_c²⟩
        var identity = Matrix(rows: pairs, columns: 1)
        for c in 0..<m { identity[Self.pair(c, c, m), 0] = 1 }
        weightedSecondMoment = Self.matrix(fourth.times(identity).values, m)
    }

    func responses(to heads: Matrix) throws -> HeadResponses? {
        let m = heads.rows
        let product = heads.times(heads.transposed)  // M = UUᵀ, q = xᵀMx
        let mixed = product.times(secondMoment).symmetrized  // t = pᵀr = xᵀMSx
        let forms = [Self.form(product), Self.form(mixed)]
        let contracted = contract(fourth, forms)
        let weighted = contract(weightedFourth, [forms[0]])[0]
        let (q, t) = (Self.matrix(contracted[0], m), Self.matrix(contracted[1], m))
        guard let cubes = try cubes(of: heads) else { return nil }
        return HeadResponses(
            qp: q.times(heads), tp: t.times(heads), qr: q.times(secondMoment.times(heads)),
            qwp: Self.matrix(weighted, m).times(heads), q2w: innerProduct(forms[0], weighted),
            qt: innerProduct(forms[0], contracted[1]), q2: innerProduct(forms[0], contracted[0]), cubes: cubes)
    }

    func cubes(of heads: Matrix) throws -> HeadCubes? {
        // No pass over the tokens asks whether to go on, so each step does.
        guard try passes.proceed() else { return nil }
        let (m, k, pairs) = (heads.rows, heads.columns, fourth.rows)
        var responses = Matrix(rows: m, columns: k)
        var total = 0.0
        // With few heads a step takes a microsecond, and what comes in between stays on the stack.
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * k * pairs + m * m + 2 * m) { memory in
            guard let forms = memory.baseAddress else { return }
            let contracted = forms + k * pairs
            let (square, head) = (contracted + k * pairs, contracted + k * pairs + m * m)
            let cube = head + m
            for index in 0..<k {
                for j in 0..<m { head[j] = heads[j, index] }
                Self.form(of: head, m, into: forms + index * pairs)
            }
            fourth.withUnsafeValues {
                multiply(forms, $0.baseAddress, into: contracted, rows: k, inner: pairs, columns: pairs)
            }
            for index in 0..<k {
                for j in 0..<m { head[j] = heads[j, index] }
                Self.fill(square, from: contracted + index * pairs, m)
                multiply(square, head, into: cube, rows: m, inner: m, columns: 1)
                var answer = 0.0
                for j in 0..<m {
                    responses[j, index] = cube[j]
                    answer += cube[j] * head[j]
                }
                total += answer
            }
        }
        return HeadCubes(responses: responses, fourth: total)
    }

    private func contract(_ tensor: Matrix, _ forms: [[Double]]) -> [[Double]] {
        Matrix(rowVectors: forms).times(tensor).rowVectors  // symmetric
    }

    private static func pair(_ a: Int, _ b: Int, _ m: Int) -> Int { a * m - a * (a - 1) / 2 + (b - a) }

    private static func form(_ matrix: Matrix) -> [Double] {
        let m = matrix.rows
        var result: [Double] = []
        result.reserveCapacity(m * (m + 1) / 2)
        for a in 0..<m { for b in a..<m { result.append(a == b ? matrix[a, b] : 2 * matrix[a, b]) } }
        return result
    }

    /// The form of uuᵀ.
    private static func form(of u: UnsafePointer<Double>, _ m: Int, into form: UnsafeMutablePointer<Double>) {
        var index = 0
        for a in 0..<m {
            for b in a..<m {
                form[index] = a == b ? u[a] * u[b] : 2 * (u[a] * u[b])
                index += 1
            }
        }
    }

    private static func matrix(_ pairs: [Double], _ m: Int) -> Matrix {
        var result = Matrix(rows: m, columns: m)
        result.withUnsafeMutableValues { values in
            pairs.withUnsafeBufferPointer { pairs in
                guard let values = values.baseAddress, let pairs = pairs.baseAddress else { return }
                fill(values, from: pairs, m)
            }
        }
        return result
    }

    /// Writes the symmetric m×m matrix of which `pairs` has the upper triangle.
    private static func fill(_ matrix: UnsafeMutablePointer<Double>, from pairs: UnsafePointer<Double>, _ m: Int) {
        var index = 0
        for a in 0..<m {
            for b in a..<m {
                matrix[a * m + b] = pairs[index]
                matrix[b * m + a] = pairs[index]
                index += 1
            }
        }
    }
}

extension MomentStatistics {
    private final class Scratch {
        let tokens: TokenSource.Scratch
        let features: AlignedBuffer<Double>
        let weighted: AlignedBuffer<Double>

        init(_ source: TokenSource, _ layout: RowLayout, pairs: Int) {
            tokens = source.makeScratch(layout)
            features = AlignedBuffer(count: layout.tileRows * pairs, filledWith: 0)
            weighted = AlignedBuffer(count: layout.tileRows * pairs, filledWith: 0)
        }
    }

    private struct Partial {
        var mean: [Double]
        var second: Matrix
        var fourth: Matrix
        var weighted: Matrix

        init(m: Int, pairs: Int) {
            mean = [Double](repeating: 0, count: m)
            second = Matrix(rows: m, columns: m)
            fourth = Matrix(rows: pairs, columns: pairs)
            weighted = fourth
        }

        mutating func add(_ other: Partial) {
            fourth.add(other.fourth)
            weighted.add(other.weighted)
            second.add(other.second)
            for j in 0..<mean.count { mean[j] += other.mean[j] }
        }

        mutating func add(_ scratch: Scratch, count: Int, m: Int, pairs: Int, isWeighted: Bool) {
            let tokens = scratch.tokens.tokens.pointer
            let (features, scaled) = (scratch.features.pointer, scratch.weighted.pointer)
            ac_pair_features(tokens, Int64(count), Int64(m), features, scaled)
            if isWeighted {
                // Gram matrices of rows times the roots of their weights are weighted sums of products.
                let roots = scratch.tokens.roots.pointer
                ac_scale_rows(features, roots, Int64(count), Int64(pairs), features)
                ac_scale_rows(scaled, roots, Int64(count), Int64(pairs), scaled)
                ac_add_weighted_rows(tokens, scratch.tokens.weights.pointer, Int64(count), Int64(m), &mean)
                ac_scale_rows(tokens, roots, Int64(count), Int64(m), tokens)
            } else {
                ac_add_rows(tokens, Int64(count), Int64(m), &mean)
            }
            second.addUpperGram(tokens, count: count)
            fourth.addUpperGram(features, count: count)
            weighted.addUpperGram(scaled, count: count)
        }
    }
}
