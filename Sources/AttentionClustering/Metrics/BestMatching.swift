/// The matching of rows with columns, one with one, that catches most points.
///
/// The Hungarian method with potentials, row by row along shortest augmenting paths (Jonker and Volgenant 1987).
struct BestMatching: Sendable {
    /// The number of points in matched cells.
    let matched: Int

    /// - Complexity: O(r²·c) for r = min(rows, columns), c = max(rows, columns).
    init(_ table: ContingencyTable) {
        let turned = table.rowSums.count > table.columnSums.count
        let height = min(table.rowSums.count, table.columnSums.count)
        let width = max(table.rowSums.count, table.columnSums.count)
        var costs = [Int](repeating: 0, count: height * width)
        for cell in table.cells {
            costs[turned ? cell.column * width + cell.row : cell.row * width + cell.column] = -cell.count
        }
        var search = Search(costs: costs, height: height, width: width)
        for row in 0..<height { search.match(row) }
        matched = search.rowOfColumn.enumerated().reduce(0) { sum, pair in
            pair.element < 0 ? sum : sum - costs[pair.element * width + pair.offset]
        }
    }

    private struct Search {
        let costs: [Int]
        let height, width: Int
        /// −1 for free columns.
        var rowOfColumn: [Int]
        private var rowPotentials, columnPotentials: [Int]

        init(costs: [Int], height: Int, width: Int) {
            (self.costs, self.height, self.width) = (costs, height, width)
            rowOfColumn = [Int](repeating: -1, count: width)
            rowPotentials = [Int](repeating: 0, count: height)
            columnPotentials = [Int](repeating: 0, count: width)
        }

        /// Matches one more row along the cheapest path of exchanges that ends at a free column.
        mutating func match(_ newRow: Int) {
            var slack = [Int](repeating: .max, count: width)
            var previous = [Int](repeating: -1, count: width)  // the column before on the path
            var visited = [Bool](repeating: false, count: width)
            var (row, column) = (newRow, -1)
            while true {
                var (step, next) = (Int.max, -1)
                for c in 0..<width where !visited[c] {
                    let reduced = costs[row * width + c] - rowPotentials[row] - columnPotentials[c]
                    if reduced < slack[c] { (slack[c], previous[c]) = (reduced, column) }
                    if slack[c] < step { (step, next) = (slack[c], c) }
                }
                rowPotentials[newRow] += step
                for c in 0..<width {
                    if visited[c] {
                        rowPotentials[rowOfColumn[c]] += step
                        columnPotentials[c] -= step
                    } else {
                        slack[c] -= step
                    }
                }
                visited[next] = true
                column = next
                guard rowOfColumn[next] >= 0 else { break }
                row = rowOfColumn[next]
            }
            while column >= 0 {
                let before = previous[column]
                rowOfColumn[column] = before >= 0 ? rowOfColumn[before] : newRow
                column = before
            }
        }
    }
}
