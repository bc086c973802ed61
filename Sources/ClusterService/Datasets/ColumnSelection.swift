import AttentionClustering
import HTTPServer
import PointFormats

/// The columns of a stored point set that a job uses, in the order it named them.
struct ColumnSelection: Sendable {
    /// The names of the columns used.
    let names: [String]
    /// Their indices; nil when all are used as they stand.
    let indices: [Int]?

    /// Finds the columns.
    ///
    /// - Throws: `Problem` 422 for a column that is not there or is named twice.
    init(_ selectors: [ColumnSelector]?, in description: DatasetDescription) throws {
        let known = description.columnNames
        guard let selectors else {
            names = known
            indices = nil
            return
        }
        var indices: [Int] = []
        for selector in selectors {
            let index: Int? =
                switch selector {
                case .index(let index): known.indices.contains(index) ? index : nil
                case .name(let name): known.firstIndex(of: name)
                }
            guard let index, !indices.contains(index) else {
                let shown = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
                let asked =
                    switch selector {
                    case .index(let index): "\(index)"
                    case .name(let name): "\"\(name.prefix(64))\""
                    }
                let fault = index == nil ? "there is no column \(asked)" : "column \(asked) is named twice"
                throw ParameterFault.problem([ParameterFault("columns", "\(fault); the dataset has \(shown)")])
            }
            indices.append(index)
        }
        self.indices = indices
        names = indices.map { known[$0] }
    }

    /// How many columns are used.
    var count: Int { names.count }

    /// Whether every column used holds one value throughout.
    func isConstant(in description: DatasetDescription) -> Bool {
        guard let indices else { return description.isConstant }
        return indices.allSatisfy { description.statistics[$0].min == description.statistics[$0].max }
    }

    /// The points of those columns of a set in single precision.
    ///
    /// - Complexity: O(1) when all columns are used, else O(N·d).
    func points(of file: DatasetFile) throws -> Points {
        guard let points = file.rows.single else { throw FormatError.noRows }
        guard let indices else { return points }
        let dimension = points.dimension
        let values = points.withUnsafeValues { values in
            [Float](unsafeUninitializedCapacity: points.count * indices.count) { target, count in
                for row in 0..<points.count {
                    for index in indices {
                        target[count] = values[row * dimension + index]
                        count += 1
                    }
                }
            }
        }
        return try Points(values: values, count: points.count, dimension: indices.count)
    }
}
