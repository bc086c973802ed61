extension JSONRows {
    /// Notes that the row being read is wrong as a whole.
    mutating func note(_ detail: String, _ tokenizer: JSONTokenizer, fix: String) {
        note(FormatError.Place(line: tokenizer.line, row: count, detail: detail), fix)
    }

    /// Notes that the element being read is no number.
    mutating func noteElement(_ token: JSONToken, _ tokenizer: JSONTokenizer) {
        guard !problems.isFull else { return }
        let (detail, fix) = Self.sentence(token, tokenizer.text, options.numberType)
        let name = names ?? members.names
        let place = FormatError.Place(
            line: tokenizer.line, column: index + 1, row: count, byte: tokenizer.tokenStart,
            name: index < name.count ? name[index] : nil, detail: detail)
        if members.isFirst, kind == .object {
            members.firstProblems.append(.init(index: index, place: place, fix: fix))
        } else {
            note(place, fix)
        }
    }

    /// Notes that the element being read cannot identify its row.
    mutating func noteIdentifier(_ detail: String, _ tokenizer: JSONTokenizer) {
        let name = names ?? members.names
        note(
            FormatError.Place(
                line: tokenizer.line, column: index + 1, row: count, byte: tokenizer.tokenStart,
                name: index < name.count ? name[index] : nil, detail: detail),
            "Send a short text or a number as the id, or choose another id_column.")
    }

    mutating func note(_ place: FormatError.Place, _ fix: String) {
        problems.note(place, label: problemLabel(place), fix: fix)
    }

    /// The place as it is written in a program, such as `points[3][1] (line 5)`; `nil` for lines of JSON.
    private func problemLabel(_ place: FormatError.Place) -> String? {
        guard !hasLines, let row = place.row else { return nil }
        let element =
            switch (place.name, place.column) {
            case (let name?, _) where kind == .object: "[\(ErrorText.quoted(name))]"
            case (_, let column?): "[\(column - 1)]"
            default: ""
            }
        return "\(label)[\(row)]\(element)" + (place.line.map { " (line \($0))" } ?? "")
    }

    /// What is wrong with a token that stands where a number should, and how to mend it.
    private static func sentence(
        _ token: JSONToken, _ text: [UInt8], _ type: NumberType
    ) -> (detail: String, fix: String) {
        let leaveOut = "Mend it, or name the columns to use with columns."
        switch token {
        case .number:
            return (
                "\(ErrorText.quoted(text)) is too large for a \(8 * type.size)-bit number", "Scale the column down."
            )
        case .null, .notFinite:
            let word = token == .null ? "null" : ErrorText.quoted(text)
            return ("\(word) is not a finite number", "Fill it in, or leave the row or the column out.")
        case .string where !JSON.number(text, type).isNaN:
            return ("the number \(ErrorText.quoted(text)) is in quotes", "Write numbers without quotes.")
        case .boolean:
            return (
                "\(ErrorText.quoted(text)) is not a number",
                "Write truth values as 1 and 0, or name the columns to use with columns."
            )
        case .string, .key:
            return ("\(ErrorText.quoted(text)) is not a number", leaveOut)
        case .beginArray, .endArray:
            return (
                "an array where a number should be",
                "A point is one array of numbers, a document {\"points\":[[1,2],[3,4]]}; parameters go into the query."
            )
        case .beginObject, .endObject:
            return ("an object where a number should be", leaveOut)
        }
    }
}
