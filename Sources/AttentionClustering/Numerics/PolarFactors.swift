internal import COpenBLAS

/// Finds orthonormal factors UVᵀ of singular value decompositions UΣVᵀ, one after the other, of matrices of one shape.
///
/// Solvers take a factor each step. For small matrices making the memory, asking LAPACK for its needs and `dgesdd`'s own
/// questions of that kind cost more than the decomposition, so memory is kept, and a small square matrix goes to the
/// three routines that `dgesdd` hands it to: the numbers are the same to the last bit.
final class PolarFactors {
    private let rows: Int
    private let columns: Int
    private let input, singular, left, right, parts: AlignedBuffer<Double>
    private let integers: AlignedBuffer<Int32>
    /// Of a size that depends on the shape; made when it is needed.
    private var work: AlignedBuffer<Double>
    private var isWorkKnown: Bool

    /// Up to so many columns LAPACK does not work in blocks, and needs no more memory than what is at hand.
    private static let smallSize = 25
    /// Outside these magnitudes `dgesdd` scales its input.
    private static let plainRange = 1e-100...1e100

    /// - Parameter goesByParts: whether small square matrices go around `dgesdd`.
    init(rows: Int, columns: Int, goesByParts: Bool = true) {
        (self.rows, self.columns) = (rows, columns)
        input = AlignedBuffer(unfilled: rows * columns)
        singular = AlignedBuffer(unfilled: columns)
        left = AlignedBuffer(unfilled: columns * columns)
        right = AlignedBuffer(unfilled: columns * rows)
        integers = AlignedBuffer(unfilled: 8 * columns)
        let isSmall = goesByParts && rows == columns && columns <= Self.smallSize
        // Superdiagonal and the scalars of both sides' reflectors.
        parts = AlignedBuffer(unfilled: isSmall ? 3 * columns : 0)
        work = AlignedBuffer(unfilled: isSmall ? 3 * columns * columns + 4 * columns : 0)
        isWorkKnown = false
    }

    /// The nearest orthonormal frame to a matrix of the shape m×n with m ≥ n.
    ///
    /// Nil when the matrix is not finite or the decomposition fails.
    func factor(of matrix: Matrix) -> Matrix? {
        precondition(matrix.rows == rows && matrix.columns == columns, "another shape")
        // Read column-major, our row-major m×n is its n×m transpose A = U₁ΣV₁ᵀ, whose factor is the wanted one's
        // transpose; U₁ (n×n) and V₁ᵀ (n×m) come back column-major.
        guard matrix.isFinite, rows >= columns, columns > 0 else { return nil }
        var largest = 0.0
        matrix.withUnsafeValues { values in
            for index in 0..<values.count {
                input.pointer[index] = values[index]
                largest = max(largest, abs(values[index]))
            }
        }
        let isSmall = parts.count > 0 && Self.plainRange.contains(largest)
        guard isSmall ? decomposeSmall() : decompose() else { return nil }
        // As row-major data, `left` is U₁ᵀ (n×n) and `right` is V₁ (rows×columns): the factor is V₁·U₁ᵀ.
        var factor = Matrix(rows: rows, columns: columns)
        factor.withUnsafeMutableValues {
            multiply(right.pointer, left.pointer, into: $0.baseAddress, rows: rows, inner: columns, columns: columns)
        }
        return factor.isFinite ? factor : nil
    }

    /// What `dgesdd` does with a square matrix, without its questions: reduces it to a bidiagonal one, decomposes that,
    /// and turns the vectors back.
    private func decomposeSmall() -> Bool {
        var n = Int32(columns)
        var (size, info) = (Int32(work.count), Int32(0))
        let (superdiagonal, leftScalars, rightScalars) = (
            parts.pointer, parts.pointer + columns, parts.pointer + 2 * columns
        )
        let (a, u, v, space) = (input.pointer, left.pointer, right.pointer, work.pointer)
        dgebrd_(&n, &n, a, &n, singular.pointer, superdiagonal, leftScalars, rightScalars, space, &size, &info)
        guard info == 0 else { return false }
        dbdsdc_("U", "I", &n, singular.pointer, superdiagonal, u, &n, v, &n, nil, nil, space, integers.pointer, &info)
        guard info == 0 else { return false }
        dormbr_("Q", "L", "N", &n, &n, &n, a, &n, leftScalars, u, &n, space, &size, &info)
        guard info == 0 else { return false }
        dormbr_("P", "R", "T", &n, &n, &n, a, &n, rightScalars, v, &n, space, &size, &info)
        return info == 0
    }

    private func decompose() -> Bool {
        var (m, n, info) = (Int32(columns), Int32(rows), Int32(0))
        if !isWorkKnown {
            var (wanted, question) = (0.0, Int32(-1))
            dgesdd_(
                "S", &m, &n, input.pointer, &m, singular.pointer, left.pointer, &m, right.pointer, &m, &wanted,
                &question, integers.pointer, &info)
            guard info == 0 else { return false }
            if Int(wanted) > work.count { work = AlignedBuffer(unfilled: Int(wanted)) }
            isWorkKnown = true
        }
        var size = Int32(work.count)
        dgesdd_(
            "S", &m, &n, input.pointer, &m, singular.pointer, left.pointer, &m, right.pointer, &m, work.pointer, &size,
            integers.pointer, &info)
        return info == 0
    }
}
