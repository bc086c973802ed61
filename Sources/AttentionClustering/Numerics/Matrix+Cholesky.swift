internal import COpenBLAS

extension Matrix {
    /// The lower triangular L with A = LLᵀ, n×n; nil unless the matrix is positive definite and finite.
    ///
    /// - Complexity: O(n³).
    func choleskyFactor() -> Matrix? {
        guard isFinite, rows == columns, rows > 0 else { return nil }
        var factor = values
        var info: Int32 = 0
        // Read column-major the upper triangle is our lower one.
        dpotrf_("U", [Int32(rows)], &factor, [Int32(rows)], &info)
        guard info == 0 else { return nil }
        var result = Matrix(rows: rows, columns: columns, values: factor)
        for r in 0..<rows { for c in (r + 1)..<max(r + 1, columns) { result[r, c] = 0 } }
        return result.isFinite ? result : nil
    }

    /// The inverse of a lower triangular matrix.
    func lowerTriangularInverse() -> Matrix {
        var result = Matrix.identity(rows)
        let n = Int32(rows)
        withUnsafeValues { a in
            result.withUnsafeMutableValues { b in
                cblas_dtrsm(
                    CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, n, 1, a.baseAddress, n,
                    b.baseAddress, n)
            }
        }
        return result
    }

    /// The lower triangular F with A = FᵀF; nil unless the matrix is positive definite and finite.
    func precisionFactor() -> Matrix? {
        // With J the exchange of first and last, JAJ = LLᵀ gives A = (JLᵀJ)ᵀ(JLᵀJ), and JLᵀJ is lower triangular.
        exchanged.choleskyFactor()?.transposed.exchanged
    }

    static func identity(_ n: Int) -> Matrix {
        var result = Matrix(rows: n, columns: n)
        for i in 0..<n { result[i, i] = 1 }
        return result
    }

    static func diagonal(_ entries: [Double]) -> Matrix {
        var result = Matrix(rows: entries.count, columns: entries.count)
        for (i, entry) in entries.enumerated() { result[i, i] = entry }
        return result
    }

    /// Rows and columns in reverse order.
    private var exchanged: Matrix { Matrix(rows: rows, columns: columns, values: values.reversed()) }
}
