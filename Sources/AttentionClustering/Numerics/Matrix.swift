internal import CKernels
internal import COpenBLAS

/// A small dense matrix of doubles, row-major.
struct Matrix: Sendable, Equatable {
    let rows: Int
    let columns: Int
    private(set) var values: [Double]

    init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
    }

    init(rows: Int, columns: Int, values: [Double]) {
        precondition(values.count == rows * columns, "\(values.count) values do not fill \(rows)×\(columns)")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// The matrix with the given rows, all of one length.
    init(rowVectors: [[Double]]) {
        self.init(rows: rowVectors.count, columns: rowVectors.first?.count ?? 0, values: rowVectors.flatMap(\.self))
    }

    subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    func row(_ index: Int) -> [Double] { Array(values[index * columns..<(index + 1) * columns]) }
    func column(_ index: Int) -> [Double] { (0..<rows).map { self[$0, index] } }
    var rowVectors: [[Double]] { (0..<rows).map(row) }

    var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for r in 0..<rows { for c in 0..<columns { result[c, r] = self[r, c] } }
        return result
    }

    var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }
    var trace: Double { (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] } }
    var isFinite: Bool { values.allSatisfy(\.isFinite) }

    mutating func withUnsafeMutableValues<R>(_ body: (UnsafeMutableBufferPointer<Double>) throws -> R) rethrows -> R {
        try values.withUnsafeMutableBufferPointer { try body($0) }
    }

    func withUnsafeValues<R>(_ body: (UnsafeBufferPointer<Double>) throws -> R) rethrows -> R {
        try values.withUnsafeBufferPointer { try body($0) }
    }

    /// self += factor·other.
    mutating func add(_ other: Matrix, times factor: Double = 1) {
        precondition(rows == other.rows && columns == other.columns, "shapes differ")
        let count = Int32(values.count)
        values.withUnsafeMutableBufferPointer { target in
            other.values.withUnsafeBufferPointer { source in
                cblas_daxpy(count, factor, source.baseAddress, 1, target.baseAddress, 1)
            }
        }
    }

    func scaled(by factor: Double) -> Matrix {
        Matrix(rows: rows, columns: columns, values: values.map { factor * $0 })
    }

    /// The elementwise inner product, tr(selfᵀ·other).
    func dot(_ other: Matrix) -> Double {
        precondition(rows == other.rows && columns == other.columns, "shapes differ")
        return values.withUnsafeBufferPointer { a in
            other.values.withUnsafeBufferPointer { b in
                cblas_ddot(Int32(a.count), a.baseAddress, 1, b.baseAddress, 1)
            }
        }
    }

    /// The Frobenius norm.
    var norm: Double { dot(self).squareRoot() }

    /// self·other.
    func times(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows, "shapes do not fit")
        var result = Matrix(rows: rows, columns: other.columns)
        result.withUnsafeMutableValues { c in
            values.withUnsafeBufferPointer { a in
                other.values.withUnsafeBufferPointer { b in
                    multiply(
                        a.baseAddress, b.baseAddress, into: c.baseAddress, rows: rows, inner: columns,
                        columns: other.columns)
                }
            }
        }
        return result
    }

    /// selfᵀ·other.
    func transposedTimes(_ other: Matrix) -> Matrix {
        precondition(rows == other.rows, "shapes do not fit")
        var result = Matrix(rows: columns, columns: other.columns)
        result.withUnsafeMutableValues { c in
            values.withUnsafeBufferPointer { a in
                other.values.withUnsafeBufferPointer { b in
                    multiply(
                        a.baseAddress, isTransposed: true, b.baseAddress, into: c.baseAddress, rows: columns,
                        inner: rows, columns: other.columns)
                }
            }
        }
        return result
    }
}

/// c = a·b for a of `rows`×`inner` numbers and b of `inner`×`columns`, all row-major; a is turned where that is said.
///
/// An empty product leaves c as it is.
func multiply(
    _ a: UnsafePointer<Double>?, isTransposed: Bool = false, _ b: UnsafePointer<Double>?,
    into c: UnsafeMutablePointer<Double>?, rows: Int, inner: Int, columns: Int
) {
    guard rows > 0, inner > 0, columns > 0 else { return }
    cblas_dgemm(
        CblasRowMajor, isTransposed ? CblasTrans : CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns),
        Int32(inner), 1, a, Int32(isTransposed ? rows : inner), b, Int32(columns), 0, c, Int32(columns))
}

extension Matrix {
    /// The first `count` rows.
    func prefix(_ count: Int) -> Matrix {
        Matrix(rows: count, columns: columns, values: Array(values.prefix(count * columns)))
    }

    /// The mean of the matrix and its transpose.
    var symmetrized: Matrix {
        var sum = transposed
        sum.add(self)
        return sum.scaled(by: 0.5)
    }

    /// The matrix with every column divided by its length; zero columns stay zero.
    func scaledToUnit() -> Matrix {
        var result = self
        for c in 0..<columns {
            let length = column(c).reduce(0) { $0 + $1 * $1 }.squareRoot()
            for r in 0..<rows where length > 0 { result[r, c] /= length }
        }
        return result
    }

    /// self += `values`, as many floats as there are elements.
    mutating func add(floats: UnsafePointer<Float>) {
        withUnsafeMutableValues { ac_add_floats(floats, Int64($0.count), $0.baseAddress) }
    }
}

extension Matrix {
    /// self += AᵀA in the upper triangle, for A of `count` rows, row-major, with as many columns as `self`.
    mutating func addUpperGram(_ a: UnsafePointer<Double>, count: Int) {
        let n = Int32(columns)
        withUnsafeMutableValues {
            cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, Int32(count), 1, a, n, 1, $0.baseAddress, n)
        }
    }

    /// self += factor·vvᵀ.
    mutating func addOuterProduct(_ v: [Double], times factor: Double) {
        let n = Int32(rows)
        withUnsafeMutableValues { cblas_dger(CblasRowMajor, n, n, factor, v, 1, v, 1, $0.baseAddress, n) }
    }

    /// self += AᵀB, for A and B of `count` rows, row-major.
    mutating func addProduct(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) {
        let (m, n) = (Int32(rows), Int32(columns))
        withUnsafeMutableValues {
            cblas_dgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, m, n, Int32(count), 1, a, m, b, n, 1, $0.baseAddress, n)
        }
    }

    /// The symmetric matrix of which only the upper triangle is filled in.
    var mirrored: Matrix {
        var result = self
        for r in 0..<rows { for c in 0..<r { result[r, c] = self[c, r] } }
        return result
    }
}
