/// Entropies of two partitions, and what they tell about each other, in nats.
struct MutualInformation: Sendable {
    private let table: ContingencyTable
    private let rowEntropy: Double
    private let columnEntropy: Double
    private let shared: Double

    init(_ table: ContingencyTable) {
        self.table = table
        rowEntropy = Self.entropy(table.rowSums, total: table.total)
        columnEntropy = Self.entropy(table.columnSums, total: table.total)
        let n = Double(table.total)
        let sum = table.cells.reduce(0.0) { sum, cell in
            let count = Double(cell.count)
            let expected = Double(table.rowSums[cell.row]) / n * Double(table.columnSums[cell.column])
            return sum + count / n * logarithm(count / expected)
        }
        shared = max(0, sum)
    }

    private static func entropy(_ sums: [Int], total: Int) -> Double {
        guard sums.count > 1 else { return 0 }
        let n = Double(total)
        return sums.reduce(0) { $0 - Double($1) / n * logarithm(Double($1) / n) }
    }

    var homogeneity: Double { rowEntropy > 0 ? shared / rowEntropy : 1 }
    var completeness: Double { columnEntropy > 0 ? shared / columnEntropy : 1 }

    var vMeasure: Double {
        let sum = homogeneity + completeness
        return sum > 0 ? 2 * homogeneity * completeness / sum : 0
    }

    /// Nothing to be split on either side is a perfect match; on one side only, none.
    private var limitCase: Double? {
        if table.rowSums.count <= 1, table.columnSums.count <= 1 { return 1 }
        return table.rowSums.count == 1 || table.columnSums.count == 1 ? 0 : nil
    }

    var normalized: Double {
        limitCase ?? (shared > 0x1p-52 ? shared / (0.5 * (rowEntropy + columnEntropy)) : 0)
    }

    var adjusted: Double {
        if let limitCase { return limitCase }
        // Where every partition of these sizes is the same one, expectation and maximum meet: 0/0 is a match.
        if table.isIdentity { return 1 }
        let expected = expectation
        let (gain, most) = (shared - expected, 0.5 * (rowEntropy + columnEntropy) - expected)
        let (least, sign) = (0x1p-52, most < 0 ? -1.0 : 1.0)
        return (gain < 0 ? min(gain, -least) : max(gain, least)) / (sign * max(abs(most), least))
    }

    /// The mean of the mutual information over all partitions with the same part sizes.
    ///
    /// The size n of the meeting of parts of a and b points is hypergeometric. Its probabilities are followed outwards
    /// from the most likely n by P(n+1)/P(n) = (a−n)(b−n)/((n+1)(N−a−b+n+1)) and divided by their sum: no factorial is
    /// needed, and terms end where they stop to count. Pairs of equal sizes are computed once.
    private var expectation: Double {
        func multiplicities(_ sums: [Int]) -> [(size: Int, times: Double)] {
            Dictionary(grouping: sums, by: \.self).map { ($0.key, Double($0.value.count)) }.sorted { $0.0 < $1.0 }
        }
        let columns = multiplicities(table.columnSums)
        return multiplicities(table.rowSums).reduce(0) { sum, row in
            columns.reduce(sum) { sum, column in
                sum + row.times * column.times * meeting(row.size, column.size)
            }
        }
    }

    /// E[(n/N)·log(N·n/(ab))].
    private func meeting(_ a: Int, _ b: Int) -> Double {
        let total = table.total
        let (low, high) = (max(0, a + b - total), min(a, b))
        let mode = min(high, max(low, Int(Double(a + 1) * Double(b + 1) / Double(total + 2))))
        let (n, product) = (Double(total), Double(a) * Double(b))
        func term(_ size: Int) -> Double {
            size == 0 ? 0 : Double(size) / n * logarithm(n / product * Double(size))
        }
        func ratio(_ size: Int) -> Double {
            Double(a - size) / Double(size + 1) * (Double(b - size) / Double(total - a - b + size + 1))
        }
        var (weights, sum) = (1.0, term(mode))
        var (probability, size) = (1.0, mode)
        while size < high, probability > 1e-22 {
            probability *= ratio(size)
            size += 1
            weights += probability
            sum += probability * term(size)
        }
        (probability, size) = (1, mode)
        while size > low, probability > 1e-22 {
            size -= 1
            probability /= ratio(size)
            weights += probability
            sum += probability * term(size)
        }
        return sum / weights
    }
}
