internal import COpenBLAS

extension Matrix {
    /// The orthonormal factor UVᵀ of the singular value decomposition UΣVᵀ: the nearest orthonormal frame.
    ///
    /// Shape m×n with m ≥ n. Nil when the matrix is not finite or the decomposition fails.
    func polarFactor() -> Matrix? { PolarFactors(rows: rows, columns: columns).factor(of: self) }

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
