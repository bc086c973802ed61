internal import COpenBLAS
internal import Synchronization

extension Matrix {
    /// What LAPACK wants as workspace for ``polarFactor()``, by the numbers of columns and rows.
    private static let polarWorkspaces = Mutex<[[Int]: Int32]>([:])
    /// With so many shapes known all are forgotten.
    private static let mostShapes = 1_000

    /// The orthonormal factor UVᵀ of the singular value decomposition UΣVᵀ: the nearest orthonormal frame.
    ///
    /// Shape m×n with m ≥ n. Nil when the matrix is not finite or the decomposition fails.
    func polarFactor() -> Matrix? {
        // Read column-major, our row-major m×n is its n×m transpose A = U₁ΣV₁ᵀ, whose factor is the wanted one's
        // transpose; U₁ (n×n) and V₁ᵀ (n×m) come back column-major.
        guard isFinite, rows >= columns, columns > 0 else { return nil }
        let m = [Int32(columns)]
        let n = [Int32(rows)]
        var a = values
        var singular = [Double](repeating: 0, count: columns)
        var left = [Double](repeating: 0, count: columns * columns)
        var right = [Double](repeating: 0, count: columns * rows)
        var integers = [Int32](repeating: 0, count: 8 * columns)
        let known = Self.polarWorkspaces.withLock { $0[[columns, rows]] }
        var work = [0.0]
        var info: Int32 = 0
        // First asks for the workspace, unless it was asked for this shape before, then works: for small matrices the
        // question costs about as much as the work.
        for size in known.map({ [$0] }) ?? [-1, 0] {
            let size = size == 0 ? Int32(work[0]) : size
            work = [Double](repeating: 0, count: max(1, Int(size)))
            dgesdd_("S", m, n, &a, m, &singular, &left, m, &right, m, &work, [size], &integers, &info)
            guard info == 0 else { return nil }
        }
        if known == nil {
            Self.polarWorkspaces.withLock { known in
                if known.count >= Self.mostShapes { known.removeAll() }
                known[[columns, rows]] = Int32(work.count)
            }
        }
        // As row-major data, `left` is U₁ᵀ (n×n) and `right` is V₁ (rows×columns): the factor is V₁·U₁ᵀ.
        let factor = Matrix(rows: rows, columns: columns, values: right)
            .times(Matrix(rows: columns, columns: columns, values: left))
        return factor.isFinite ? factor : nil
    }

    /// The largest `count` eigenvalues, falling, and their unit eigenvectors as rows.
    ///
    /// `self` is symmetric, n×n. Nil when it is not finite or the decomposition fails.
    /// - Complexity: O(n³).
    func leadingEigenvectors(_ count: Int) -> (values: [Double], vectors: Matrix)? {
        guard isFinite, rows == columns, count >= 0, count <= rows else { return nil }
        guard count > 0 else { return ([], Matrix(rows: 0, columns: columns)) }
        let n = [Int32(rows)]
        var a = values
        var found: Int32 = 0
        var spectrum = [Double](repeating: 0, count: rows)
        var vectors = [Double](repeating: 0, count: rows * count)
        var support = [Int32](repeating: 0, count: 2 * rows)
        var work = [0.0]
        var integers: [Int32] = [0]
        var info: Int32 = 0
        for query in [true, false] {
            let (size, integerSize) = query ? (-1, -1) : (Int32(work[0]), integers[0])
            work = [Double](repeating: 0, count: max(1, Int(size)))
            integers = [Int32](repeating: 0, count: max(1, Int(integerSize)))
            dsyevr_(
                "V", "I", "U", n, &a, n, [0], [0], [n[0] - Int32(count) + 1], n, [0], &found, &spectrum, &vectors, n,
                &support, &work, [size], &integers, [integerSize], &info)
            guard info == 0 else { return nil }
        }
        guard Int(found) == count else { return nil }
        // They come rising, one vector a row in the row-major view; ours fall.
        let rising = Matrix(rows: count, columns: rows, values: vectors)
        return (spectrum[0..<count].reversed(), Matrix(rowVectors: (0..<count).reversed().map { rising.row($0) }))
    }
}
