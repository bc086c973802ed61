import AttentionClustering
import HTTPServer
import PointFormats

/// The columns of a stored point set that a job uses, in the order it named them.
struct ColumnSelection: Sendable {
    /// The names of the columns used.
    let names: [String]
    /// Their indices; nil when all are used as they stand.
    let indices: [Int]?

    /// What the points count for; nil when each counts for one.
    let weights: WeightColumn?

    /// Finds the columns that a job asks for.
    ///
    /// - Parameter isChosen: whether the set was stored with the columns of `parameters` alone, then that of weights.
    /// - Throws: `Problem` 422, as ``init(_:weight:among:)``.
    init(_ parameters: JobParameters, isChosen: Bool, among known: [String]) throws {
        guard isChosen, let columns = parameters.columns else {
            try self.init(parameters.columns, weight: parameters.weightColumn, among: known)
            return
        }
        try self.init(nil, weight: parameters.weightColumn.map { _ in .index(columns.count) }, among: known)
    }

    /// Finds the columns.
    ///
    /// - Parameters:
    ///   - selectors: nil for all, but for that of weights.
    ///   - known: the names of the set's columns.
    /// - Throws: `Problem` 422 for a column that is not there or is named twice, and where none is left.
    init(_ selectors: [ColumnSelector]?, weight: ColumnSelector? = nil, among known: [String]) throws {
        weights = try weight.map { selector in
            let index = try Self.index(of: selector, among: known, parameter: "weight_column")
            return WeightColumn(name: known[index], index: index)
        }
        var indices: [Int] = []
        if let selectors {
            for selector in selectors {
                let index = try Self.index(of: selector, among: known, parameter: "columns")
                guard !indices.contains(index) else {
                    throw Self.fault("columns", "column \(Self.shown(selector)) is named twice", among: known)
                }
                guard index != weights?.index else {
                    throw Self.fault("weight_column", "\(Self.shown(selector)) is among columns, too", among: known)
                }
                indices.append(index)
            }
        } else if let weights {
            indices = known.indices.filter { $0 != weights.index }
            guard !indices.isEmpty else {
                throw Self.fault("weight_column", "no column is left for the points", among: known)
            }
        } else {
            names = known
            self.indices = nil
            return
        }
        self.indices = indices
        names = indices.map { known[$0] }
    }

    private static func index(
        of selector: ColumnSelector, among known: [String], parameter: String
    ) throws -> Int {
        let index: Int? =
            switch selector {
            case .index(let index): known.indices.contains(index) ? index : nil
            case .name(let name): known.firstIndex(of: name)
            }
        guard let index else { throw fault(parameter, "there is no column \(shown(selector))", among: known) }
        return index
    }

    private static func shown(_ selector: ColumnSelector) -> String {
        switch selector {
        case .index(let index): "\(index)"
        case .name(let name): "\"\(name.prefix(64))\""
        }
    }

    private static func fault(_ parameter: String, _ fault: String, among known: [String]) -> Problem {
        let shown = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
        return ParameterFault.problem([ParameterFault(parameter, "\(fault); the dataset has \(shown)")])
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
    func points(of rows: StoredRows) throws -> Points {
        guard let points = rows.single else { throw FormatError.noRows }
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
