import CKernels

/// The least, the greatest and the sum of each column, and whether it holds integers only, taken while rows pass.
struct ColumnStatistics: Sendable {
    private(set) var minima: [Double]
    private(set) var maxima: [Double]
    private(set) var sums: [Double]
    private(set) var areIntegers: [Bool]

    init(dimension: Int) {
        minima = Array(repeating: .infinity, count: dimension)
        maxima = Array(repeating: -.infinity, count: dimension)
        sums = Array(repeating: 0, count: dimension)
        areIntegers = Array(repeating: true, count: dimension)
    }

    /// Takes whole rows of finite numbers in single precision, which uploads bring by the gigabyte.
    mutating func observe(_ rows: UnsafeBufferPointer<Float>) { observe(floats: UnsafeRawBufferPointer(rows)) }

    /// Takes whole rows of finite numbers in single precision, aligned or not.
    mutating func observe(floats bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !minima.isEmpty else { return }
        let count = bytes.count / 4 / minima.count
        var least = minima.map(Float.init)
        var most = maxima.map(Float.init)
        ac_add_columns(base, Int64(count), Int64(minima.count), &least, &most, &sums)
        for column in minima.indices {
            minima[column] = Double(least[column])
            maxima[column] = Double(most[column])
        }
        lookForFractions(base, count, Float.self)
    }

    /// Takes whole rows of finite numbers in double precision, aligned or not.
    mutating func observe(doubles bytes: UnsafeRawBufferPointer) {
        // Uploads in double precision are rare enough for a copy.
        withUnsafeTemporaryAllocation(of: Double.self, capacity: bytes.count / 8) { rows in
            UnsafeMutableRawBufferPointer(rows).copyMemory(from: bytes)
            observe(UnsafeBufferPointer(rows))
        }
    }

    /// Takes whole rows of finite numbers in double precision.
    ///
    /// Four columns at a time, whose figures stay in registers while the rows go by.
    mutating func observe(_ rows: UnsafeBufferPointer<Double>) {
        guard let base = rows.baseAddress, !minima.isEmpty else { return }
        let count = rows.count / minima.count
        var column = 0
        while column + 4 <= minima.count {
            observeFour(base + column, count, column)
            column += 4
        }
        while column < minima.count {
            observeOne(base + column, count, column)
            column += 1
        }
        lookForFractions(base, count, Double.self)
    }

    /// A column of fractions is seen to be one in its first rows, and not looked at again.
    private mutating func lookForFractions<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
        _ base: UnsafeRawPointer, _ count: Int, _ type: Scalar.Type
    ) {
        for column in areIntegers.indices where areIntegers[column] {
            areIntegers[column] = stride(from: column, to: count * minima.count, by: minima.count).allSatisfy {
                let value = base.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Scalar>.stride, as: type)
                return value == value.rounded(.towardZero)
            }
        }
    }

    /// The description of the columns of `rows` rows.
    func columns(rows: Int) -> [DatasetDescription.Column] {
        sums.indices.map { column in
            // A sum of huge numbers may overflow although their mean does not.
            let mean = sums[column] / Double(max(rows, 1))
            let middle = minima[column] / 2 + maxima[column] / 2
            return .init(min: minima[column], max: maxima[column], mean: mean.isFinite ? mean : middle)
        }
    }

    private mutating func observeFour(_ first: UnsafePointer<Double>, _ count: Int, _ column: Int) {
        let dimension = minima.count
        var (least0, least1, least2, least3) = (Double.infinity, Double.infinity, Double.infinity, Double.infinity)
        var (most0, most1, most2, most3) = (-Double.infinity, -Double.infinity, -Double.infinity, -Double.infinity)
        var (sum0, sum1, sum2, sum3) = (sums[column], sums[column + 1], sums[column + 2], sums[column + 3])
        var row = first
        for _ in 0..<count {
            let (value0, value1, value2, value3) = (row[0], row[1], row[2], row[3])
            least0 = value0 < least0 ? value0 : least0
            least1 = value1 < least1 ? value1 : least1
            least2 = value2 < least2 ? value2 : least2
            least3 = value3 < least3 ? value3 : least3
            most0 = value0 > most0 ? value0 : most0
            most1 = value1 > most1 ? value1 : most1
            most2 = value2 > most2 ? value2 : most2
            most3 = value3 > most3 ? value3 : most3
            sum0 += value0
            sum1 += value1
            sum2 += value2
            sum3 += value3
            row += dimension
        }
        for (lane, figures) in [
            (least0, most0, sum0), (least1, most1, sum1), (least2, most2, sum2), (least3, most3, sum3),
        ].enumerated() {
            minima[column + lane] = min(minima[column + lane], figures.0)
            maxima[column + lane] = max(maxima[column + lane], figures.1)
            sums[column + lane] = figures.2
        }
    }

    private mutating func observeOne(_ first: UnsafePointer<Double>, _ count: Int, _ column: Int) {
        let dimension = minima.count
        var least = Double.infinity
        var greatest = -Double.infinity
        var sum = sums[column]
        var row = first
        for _ in 0..<count {
            let value = row.pointee
            least = value < least ? value : least
            greatest = value > greatest ? value : greatest
            sum += value
            row += dimension
        }
        minima[column] = min(minima[column], least)
        maxima[column] = max(maxima[column], greatest)
        sums[column] = sum
    }
}
