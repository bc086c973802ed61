/// How many points have each pair of labels: what every comparison of two partitions is computed from.
struct ContingencyTable: Sendable {
    struct Cell: Sendable, Equatable {
        let row: Int
        let column: Int
        let count: Int
    }

    /// The pairs that occur, row by row.
    let cells: [Cell]
    let rowSums: [Int]
    let columnSums: [Int]
    let total: Int

    /// Up to this many cells counts are kept in an array, above in a dictionary.
    private static let denseCells = 1 << 22

    /// - Complexity: O(N) for N points.
    init(rows: [Int32], columns: [Int32]) throws(ClusteringError) {
        guard rows.count == columns.count else {
            throw ClusteringError(
                .invalidOption, option: "labels",
                detail: "\(rows.count) labels cannot be compared with \(columns.count); give one label a point.")
        }
        let (rowNames, columnNames) = (DenseLabels(rows), DenseLabels(columns))
        let (height, width) = (rowNames.count, columnNames.count)
        var rowSums = [Int](repeating: 0, count: height)
        var columnSums = [Int](repeating: 0, count: width)
        var cells: [Cell] = []
        let (size, overflow) = height.multipliedReportingOverflow(by: width)
        if !overflow, size <= Self.denseCells {
            var counts = [Int](repeating: 0, count: size)
            for (row, column) in zip(rowNames.labels, columnNames.labels) {
                counts[Int(row) * width + Int(column)] += 1
            }
            for (index, count) in counts.enumerated() where count > 0 {
                cells.append(Cell(row: index / width, column: index % width, count: count))
            }
        } else {
            var counts: [Int: Int] = [:]
            for (row, column) in zip(rowNames.labels, columnNames.labels) {
                counts[Int(row) << 32 | Int(column), default: 0] += 1
            }
            cells = counts.map { Cell(row: $0.key >> 32, column: $0.key & 0xffff_ffff, count: $0.value) }
            cells.sort { ($0.row, $0.column) < ($1.row, $1.column) }
        }
        for cell in cells {
            rowSums[cell.row] += cell.count
            columnSums[cell.column] += cell.count
        }
        self.cells = cells
        self.rowSums = rowSums
        self.columnSums = columnSums
        total = rows.count
    }

    /// Whether both partitions are the same under other names.
    var isIdentity: Bool { cells.count == rowSums.count && cells.count == columnSums.count }
}

/// Labels renamed to 0, 1, … in rising order of the labels that occur.
struct DenseLabels: Sendable {
    /// The same array where labels are dense already.
    let labels: [Int32]
    /// How many different labels there are.
    let count: Int

    /// - Complexity: O(N), or O(N·log N) where labels are spread far.
    init(_ labels: [Int32]) {
        let (least, largest) = Self.range(labels)
        let span = Int(largest) - Int(least) + 1
        guard span > 0 else {
            (self.labels, count) = ([], 0)
            return
        }
        guard span <= 4 * labels.count + 1024 else {
            let distinct = Set(labels).sorted()
            let names = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($0.element, Int32($0.offset)) })
            self.labels = labels.map { names[$0] ?? 0 }
            count = distinct.count
            return
        }
        var names = [Int32](repeating: -1, count: span)
        labels.withUnsafeBufferPointer { labels in
            names.withUnsafeMutableBufferPointer { names in
                for label in labels { names[Int(label) - Int(least)] = 0 }
            }
        }
        var next: Int32 = 0
        for index in 0..<span where names[index] == 0 {
            names[index] = next
            next += 1
        }
        count = Int(next)
        self.labels = least == 0 && span == count ? labels : labels.map { names[Int($0) - Int(least)] }
    }

    /// The least and the largest label; none when there are no labels.
    private static func range(_ labels: [Int32]) -> (least: Int32, largest: Int32) {
        labels.withUnsafeBufferPointer { labels in
            guard let first = labels.first else { return (1, 0) }
            var (least, largest) = (first, first)
            for label in labels {
                least = min(least, label)
                largest = max(largest, label)
            }
            return (least, largest)
        }
    }
}
