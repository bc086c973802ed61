/// The members of rows that are objects: the first row names them, the others have the same in any order.
struct JSONMembers: Sendable {
    /// The names in the order of the first row.
    private(set) var names: [String] = []
    /// Whether the first row is being read.
    private(set) var isFirst = true
    /// The numbers of the first row, which is held back until all names are known; not-a-number where there is none.
    var firstValues: [Double] = []
    /// What is wrong in the first row, with the index of the member.
    var firstProblems: [Problem] = []
    /// The texts of the first row's members that may identify it, by index.
    var firstIdentifiers: [Int: [UInt8]] = [:]
    /// Which of these are longer than the tokenizer keeps.
    var cutIdentifiers: Set<Int> = []

    /// A value of the first row that is no number.
    struct Problem: Sendable {
        let index: Int
        let place: FormatError.Place
        let fix: String
    }

    /// Whether member `index` of the first row is the one that `selector` may mean.
    func isCalled(_ selector: ColumnSelector, _ index: Int) -> Bool {
        guard names.indices.contains(index) else { return false }
        switch selector {
        case .name(let name): return names[index] == name
        case .index(let wanted): return index == wanted || names[index] == String(wanted)
        }
    }

    /// The most bytes that all names may have together: each is held as octets, as text and as a key.
    static let longestNames = 640 << 10

    /// The error of names that are longer.
    static func tooLong(line: Int) -> FormatError {
        FormatError(
            code: .tooLarge, detail: "the names of the columns have more than \(longestNames) bytes. Shorten them.",
            places: [.init(line: line, detail: "more than \(longestNames) bytes of names")])
    }

    private var nameBytes = 0
    private var keys: [[UInt8]] = []
    /// For each member whether its name is written in JSON as it is, without a backslash.
    private var isPlain: [Bool] = []
    private var indices: [[UInt8]: Int] = [:]
    /// For each member the last row, counted from 1, that had it.
    private var lastSeen: [Int] = []
    private var row = 0
    /// The member that comes next when the row is in the order of the first.
    private var next = 0
    /// How many members that count the row being read has had.
    private var seenCount = 0

    /// What a name turned out to be.
    enum Finding {
        case member(Int)
        case repeated
        case unknown
    }

    mutating func beginRow() {
        isFirst = row == 0
        row += 1
        next = 0
        seenCount = 0
    }

    /// Finds the member called `key`, or adds it while the first row is read.
    ///
    /// It is not marked as had.
    mutating func find(_ key: [UInt8], limit: Int, line: Int) throws(FormatError) -> Finding {
        var found: Int?
        if next < keys.count, keys[next] == key { found = next } else { found = indices[key] }
        if found == nil, isFirst {
            guard keys.count < limit else {
                throw FormatError(
                    code: .tooLarge, detail: "the first point has more than \(limit) names. Send fewer columns.",
                    places: [.init(line: line, row: 0, detail: "more than \(limit) names")])
            }
            guard let name = String(validating: key, as: UTF8.self) else { return .unknown }
            nameBytes += key.count
            guard nameBytes <= Self.longestNames else { throw Self.tooLong(line: line) }
            found = keys.count
            indices[key] = keys.count
            keys.append(key)
            isPlain.append(key.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") })
            names.append(name)
            lastSeen.append(0)
            firstValues.append(.nan)
        }
        guard let index = found else { return .unknown }
        return lastSeen[index] == row ? .repeated : .member(index)
    }

    /// The member that comes next in a row, not the first, in the order of the first, if it is written as it is.
    var expected: (index: Int, key: [UInt8])? {
        guard !isFirst, next < keys.count, isPlain[next], lastSeen[next] != row else { return nil }
        return (next, keys[next])
    }

    /// Marks the member as had by the row being read.
    ///
    /// - Parameter counts: whether it becomes a coordinate.
    mutating func see(_ index: Int, counts: Bool) {
        lastSeen[index] = row
        if counts { seenCount += 1 }
        next = index + 1
    }

    /// The first member among those that count which the row being read has not had.
    ///
    /// - Parameters:
    ///   - dimension: how many members count.
    ///   - counts: whether the member of an index does.
    /// - Complexity: O(1) when none is missing.
    func missing(of dimension: Int, _ counts: (Int) -> Bool) -> Int? {
        seenCount == dimension ? nil : lastSeen.indices.first { lastSeen[$0] != row && counts($0) }
    }

    /// Gives the memory of the first row back.
    mutating func endFirst() {
        firstValues = []
        firstProblems = []
        firstIdentifiers = [:]
        cutIdentifiers = []
    }
}
