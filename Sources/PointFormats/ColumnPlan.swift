/// Which cells of a row make the point, and in which order.
struct ColumnPlan: Sendable {
    /// For each cell of the row the coordinate it becomes, `skipped` or `identifier`; empty when every cell counts, in
    /// order, but for the identifier's.
    private(set) var slots: [Int] = []
    /// The number of coordinates; `nil` when every cell but the identifier's counts.
    private(set) var dimension: Int?
    /// The index of the cell that identifies the row, if there is one.
    private(set) var identifierIndex: Int?

    /// The slot of a cell that is left out.
    static let skipped = -1

    /// The slot of the cell that identifies the row.
    static let identifier = -2

    /// A plan that takes every cell.
    init() {}

    /// Resolves `selectors` among columns that are known.
    ///
    /// - Parameters:
    ///   - names: the names of the columns, if they have any.
    ///   - width: the number of columns, if it is known; without it only indices can be resolved.
    ///   - identifier: the column that identifies the row, if one does.
    init(
        _ selectors: [ColumnSelector]?, names: [String]?, width: Int?, limit: Int, identifier: ColumnSelector? = nil,
        line: Int? = nil
    ) throws(FormatError) {
        if let identifier {
            identifierIndex = try KnownColumns(names: names, width: width, limit: limit, line: line).index(
                of: identifier)
            if width == 1 {
                throw FormatError(
                    code: .unprocessable,
                    detail: "the only column is id_column. Send at least one column of numbers beside it.",
                    places: [.init(line: line, detail: "no column beside id_column")])
            }
        }
        guard let selectors else {
            takeAll(width: width)
            return
        }
        guard !selectors.isEmpty else {
            throw FormatError(
                code: .unprocessable,
                detail: "columns is empty. Name at least one column, or leave the parameter out.",
                places: [.init(name: "columns", detail: "names no column")])
        }
        dimension = selectors.count
        let columns = KnownColumns(names: names, width: width, limit: limit, line: line)
        for (slot, index) in try columns.indices(of: selectors).enumerated() {
            while slots.count <= index { slots.append(Self.skipped) }
            guard slots[index] == Self.skipped else {
                throw columns.error("columns names column \(index) twice. Name each column once.")
            }
            slots[index] = slot
        }
        if let width { slots += Array(repeating: Self.skipped, count: max(0, width - slots.count)) }
        guard let identifierIndex else { return }
        while slots.count <= identifierIndex { slots.append(Self.skipped) }
        guard slots[identifierIndex] == Self.skipped else {
            throw columns.error("column \(identifierIndex) is both in columns and id_column. Name it once.")
        }
        slots[identifierIndex] = Self.identifier
    }

    /// Resolves what `options` chooses among columns that are known.
    init(_ options: DecodingOptions, names: [String]?, width: Int?, line: Int? = nil) throws(FormatError) {
        try self.init(
            options.columns ?? Self.preferred(options.preferredColumns, among: names)
                ?? Self.exactly(options.defaultColumns, besides: options.identifierColumn, names),
            names: names, width: width, limit: options.maximumColumns, identifier: options.identifierColumn, line: line)
    }

    /// The preferred columns, if every one of them is there.
    private static func preferred(_ preferred: [String]?, among names: [String]?) -> [ColumnSelector]? {
        guard let preferred, let names, Set(names).isSuperset(of: preferred) else { return nil }
        return preferred.map(ColumnSelector.name)
    }

    /// The default columns, if `names` are these and no others, but for that of the identifier.
    private static func exactly(
        _ columns: [String]?, besides identifier: ColumnSelector?, _ names: [String]?
    ) -> [ColumnSelector]? {
        guard let columns, let names, names.count == columns.count + (identifier == nil ? 0 : 1) else { return nil }
        return preferred(columns, among: names)
    }

    /// Every cell becomes a coordinate, but for that of the identifier.
    private mutating func takeAll(width: Int?) {
        guard let identifierIndex, let width else { return }
        slots = (0..<width).map { $0 < identifierIndex ? $0 : $0 - 1 }
        slots[identifierIndex] = Self.identifier
        dimension = width - 1
    }

    /// How many cells a row must have at least.
    var minimumWidth: Int { max(slots.count, identifierIndex.map { $0 + 1 } ?? 0) }

    /// How many of `width` cells count: as coordinates, or as the identifier.
    func countedCells(width: Int) -> Int {
        guard let dimension else { return width }
        return identifierIndex == nil ? dimension : dimension + 1
    }

    /// The name of the identifier, given those of all columns: `id` when they have none.
    func identifierName(_ names: [String]?) -> String? {
        identifierIndex.map { index in names.flatMap { index < $0.count ? $0[index] : nil } ?? "id" }
    }

    /// The coordinate that cell `index` becomes, `skipped` or `identifier`.
    func slot(_ index: Int) -> Int {
        guard dimension != nil else {
            guard let identifierIndex, index >= identifierIndex else { return index }
            return index == identifierIndex ? Self.identifier : index - 1
        }
        return index < slots.count ? slots[index] : Self.skipped
    }

    /// The names of the coordinates, given those of all columns.
    func select(_ names: [String]?) -> [String]? {
        guard let names else { return nil }
        guard let dimension else {
            let others = names.enumerated().filter { $0.offset != identifierIndex }.map(\.element)
            return Self.distinct(others, besides: identifierName(names))
        }
        var selected = Array(repeating: "", count: dimension)
        for (name, slot) in zip(names, slots) where slot >= 0 { selected[slot] = name }
        return Self.distinct(selected, besides: identifierName(names))
    }

    /// A warning where columns share a name, so that some were given another.
    func renaming(_ names: [String]?) -> [String] {
        guard let names, let selected = select(names) else { return [] }
        let known = Set(names)
        let given = selected.filter { !known.contains($0) }
        guard !given.isEmpty else { return [] }
        return ["Several columns have the same name; these were given others: \(ErrorText.list(given))."]
    }

    /// Names of which none stands twice, so that each can be a member of an object: a second `x` becomes `x_2`.
    private static func distinct(_ names: [String], besides identifier: String?) -> [String] {
        let all = Set(names)
        var taken = Set(identifier.map { [$0] } ?? [])
        guard all.count < names.count || !all.isDisjoint(with: taken) else { return names }
        var numbers: [String: Int] = [:]
        return names.map { name in
            var free = name
            while free != name && all.contains(free) || !taken.insert(free).inserted {
                numbers[name, default: 1] += 1
                free = "\(name)_\(numbers[name, default: 2])"
            }
            return free
        }
    }
}
