import HTTPTypes

extension Problem {
    /// How many of the places are rendered.
    static let renderedPlaces = 20

    /// The problem as an RFC 9457 object, in UTF-8.
    ///
    /// The members are `type`, `title`, `status`, `detail`, `request_id`, `errors` when there are any, then ``members``
    /// in the order of their names.
    public func json(requestID: String?) -> [UInt8] {
        var text = JSONText()
        text.open("{")
        text.member("type", type)
        text.member("title", title)
        text.member("status", status.code)
        text.member("detail", detail)
        if let requestID { text.member("request_id", requestID) }
        if !errors.isEmpty {
            text.name("errors")
            text.open("[")
            for place in errors.prefix(Self.renderedPlaces) { place.write(to: &text) }
            text.close("]")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .integer(let number): text.member(name, number)
            case .string(let string): text.member(name, string)
            case .boolean(let truth):
                text.name(name)
                text.literal(truth ? "true" : "false")
            case .strings(let strings):
                text.name(name)
                text.open("[")
                for string in strings { text.string(string) }
                text.close("]")
            }
        }
        text.close("}")
        text.bytes.append(UInt8(ascii: "\n"))
        return text.bytes
    }
}

extension Problem.Place {
    func write(to text: inout JSONText) {
        text.open("{")
        if let line { text.member("line", line) }
        if let column { text.member("column", column) }
        if let parameter { text.member("parameter", parameter) }
        text.member("detail", detail)
        text.close("}")
    }
}
