/// The warnings that a dataset keeps.
enum DatasetWarnings {
    /// The most there are.
    private static let most = 50

    /// Each warning once, in order, and a word on those beyond ``most``.
    static func kept(_ warnings: [String]) -> [String] {
        var seen: Set<String> = []
        let distinct = warnings.filter { seen.insert($0).inserted }
        guard distinct.count > most else { return distinct }
        return distinct.prefix(most - 1) + ["there were \(distinct.count - most + 1) more warnings"]
    }

    /// Those of a dataset that stay true when rows are put behind its own.
    ///
    /// The precision is looked at anew. Only that of many columns makes so many warnings that some are counted, so that
    /// the count is made anew as well.
    static func lasting(_ warnings: [String]) -> [String] {
        warnings.filter { !PrecisionWarning.isOne($0) && !isCount($0) }
    }

    /// Whether some of them are of numbers that were rounded.
    static func tellRounding(_ warnings: [String]) -> Bool { warnings.contains(where: PrecisionWarning.isOne) }

    private static func isCount(_ text: String) -> Bool {
        text.hasPrefix("there were ") && text.hasSuffix(" more warnings")
    }
}
