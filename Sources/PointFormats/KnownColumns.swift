/// The columns that a body has, as far as they are known when a selection is resolved.
struct KnownColumns: Sendable {
    /// The names, if the columns have any.
    let names: [String]?
    /// The number of columns; `nil` when only the rows will tell.
    let width: Int?
    /// The most columns that there may be.
    let limit: Int
    /// For each name its index, or `ambiguous`.
    private let indices: [String: Int]

    /// The line that names the columns or is the first without names; nil in formats without lines.
    private let line: Int?

    private static let ambiguous = -1

    init(names: [String]?, width: Int?, limit: Int, line: Int? = nil) {
        self.line = line
        self.names = names
        self.width = width
        self.limit = limit
        indices = Dictionary(
            (names ?? []).enumerated().map { ($1, $0) }, uniquingKeysWith: { _, _ in Self.ambiguous })
    }

    /// The index of the column that `selector` means.
    func index(of selector: ColumnSelector) throws(FormatError) -> Int {
        switch selector {
        case .name(let name):
            guard names != nil else {
                throw error(
                    "there is no column \(ErrorText.quoted(name)): the columns have no names. Use 0-based indices.")
            }
            return try index(called: name)
        case .index(let index):
            if index >= 0, index < width ?? limit { return index }
            if indices[String(index)] != nil { return try self.index(called: String(index)) }
            throw error("there is no column \(index).")
        }
    }

    /// The indices of the columns that `selectors` choose for points.
    ///
    /// Numbers that are all names of columns, as behind an unnamed column of row numbers, are these.
    func indices(of selectors: [ColumnSelector]) throws(FormatError) -> [Int] {
        let named = selectors.map { selector -> Int? in
            switch selector {
            case .name(let name): indices[name]
            case .index(let index): indices[String(index)]
            }
        }
        let areNames = named.allSatisfy { $0 != nil && $0 != Self.ambiguous }
        var chosen: [Int] = []
        for (selector, named) in zip(selectors, named) {
            if areNames, let named { chosen.append(named) } else { chosen.append(try index(of: selector)) }
        }
        return chosen
    }

    private func index(called name: String) throws(FormatError) -> Int {
        guard let index = indices[name] else { throw error("there is no column \(ErrorText.quoted(name)).") }
        guard index != Self.ambiguous else {
            throw error(
                "there are several columns \(ErrorText.quoted(name)). Use 0-based indices to tell them apart.")
        }
        return index
    }

    /// An error that ends with what columns there are.
    func error(_ problem: String) -> FormatError {
        var detail = problem
        let short = String(problem.last == "." ? problem.dropLast() : problem[...])
        if let names {
            detail += " The columns are \(ErrorText.list(names))."
        } else if let width {
            detail += width == 1 ? " The only column is 0." : " The columns are 0 to \(width - 1)."
        } else {
            detail += " There may be \(limit) columns at most."
        }
        return FormatError(code: .unprocessable, detail: detail, places: [FormatError.Place(line: line, detail: short)])
    }
}
