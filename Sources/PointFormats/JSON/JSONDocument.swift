/// The members of a JSON document that is an object: what was seen and which columns were named.
struct JSONDocument: Sendable {
    /// The members that a document may have.
    enum Member: String, Sendable, CaseIterable {
        case points
        case data
        case columns
        case index

        init?(_ name: [UInt8]) { self.init(rawValue: String(decoding: name, as: UTF8.self)) }
    }

    /// The names in `columns`; `nil` when there is no such member.
    var names: [String]?
    private var nameBytes = 0
    private var seen: Set<Member> = []
    private var isObject = false

    /// Starts the member `name`, which must be known and new.
    mutating func begin(_ name: [UInt8], _ tokenizer: JSONTokenizer) throws(FormatError) {
        isObject = true
        guard let member = Member(name) else {
            throw Self.error(
                "unknown name \(ErrorText.quoted(name)); a document has points (or data), columns and index",
                tokenizer,
                fix: "Parameters such as k go into the query. "
                    + "Send columns as rows, such as with pandas: df.to_json(orient=\"split\").")
        }
        guard seen.insert(member).inserted else {
            throw Self.error("\"\(member.rawValue)\" stands twice in the document", tokenizer, fix: "Send it once.")
        }
        if seen.isSuperset(of: [.points, .data]) {
            throw Self.error("the document has both \"points\" and \"data\"", tokenizer, fix: "Send one of them.")
        }
    }

    /// Adds a column.
    mutating func add(_ name: String, limit: Int, line: Int) throws(FormatError) {
        guard (names?.count ?? 0) < limit else {
            throw FormatError(
                code: .tooLarge, detail: "\"columns\" has more than \(limit) names. Send fewer columns.",
                places: [.init(line: line, detail: "more than \(limit) columns")])
        }
        nameBytes += name.utf8.count
        guard nameBytes <= JSONMembers.longestNames else { throw JSONMembers.tooLong(line: line) }
        names?.append(name)
    }

    /// Checks, at the end, that the names fit the rows.
    func check(_ rows: JSONRows) throws(FormatError) {
        guard let names, let width = rows.width, width != names.count else { return }
        throw FormatError(
            code: .unprocessable,
            detail: "\"columns\" has \(ErrorText.counted(names.count, "name")), but the points have "
                + "\(ErrorText.counted(width, "number")). Name every number of a point.",
            places: [.init(row: 0, detail: "\(width) numbers instead of \(names.count)")])
    }

    /// The error of a document without points.
    var noRows: FormatError {
        guard isObject, seen.isDisjoint(with: [.points, .data]) else { return .noRows }
        return FormatError(
            code: .noRows, detail: "no rows: the document has no \"points\". Send {\"points\":[[1,2],[3,4]]}.",
            places: [.init(line: 1, name: "points", detail: "is missing")])
    }

    private static func error(_ detail: String, _ tokenizer: JSONTokenizer, fix: String) -> FormatError {
        let place = FormatError.Place(line: tokenizer.line, byte: tokenizer.tokenStart, detail: detail)
        return FormatError(code: .unprocessable, detail: "\(place.located). \(fix)", places: [place])
    }
}
