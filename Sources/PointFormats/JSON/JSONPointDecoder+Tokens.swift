extension JSONPointDecoder {
    /// Reads the next token.
    mutating func read(_ token: JSONToken, _ block: inout RowBlock) throws(FormatError) {
        if let depth = skipDepth {
            if tokenizer.depth == depth { skipDepth = nil }
            return
        }
        switch context {
        case .top: try readTop(token)
        case .firstArray: try readFirstElement(token, &block)
        case .firstObject: try readFirstKey(token)
        case .firstMember: try readFirstMember(token, &block)
        case .document: try readDocumentKey(token)
        case .documentValue: try readDocumentValue(token)
        case .columns: try readColumn(token)
        case .index: try readIndex(token)
        case .rows: try readRow(token)
        case .rowArray: try readElement(token, &block)
        case .rowObject: try readMember(token, &block)
        case .finished:
            throw tokenizer.syntaxError(
                "more JSON follows the document", at: tokenizer.tokenStart,
                fix: "Send one document, or lines of JSON as application/x-ndjson.")
        }
    }

    /// Throws away what the bracket opened that was just read.
    private mutating func skip() { skipDepth = tokenizer.depth - 1 }

    private mutating func readTop(_ token: JSONToken) throws(FormatError) {
        switch (token, shape) {
        case (.beginArray, .undecided): context = .firstArray
        case (.beginObject, .undecided): context = .firstObject
        case (.beginArray, .document): context = .rows
        case (.beginObject, .document): context = .document
        case (.beginArray, .lines), (.beginObject, .lines): try beginRow(token)
        default:
            throw unprocessable(
                "the body is no array", fix: "Send an array of points such as [[1,2],[3,4]].")
        }
    }

    private mutating func readFirstElement(_ token: JSONToken, _ block: inout RowBlock) throws(FormatError) {
        switch token {
        case .beginArray, .beginObject, .endArray:
            shape = .document
            context = .rows
            try readRow(token)
        default:
            shape = .lines
            isPerhapsFlat = true
            try beginRow(.beginArray)
            try readElement(token, &block)
        }
    }

    private mutating func readFirstKey(_ token: JSONToken) throws(FormatError) {
        if token == .key {
            member = tokenizer.text
            context = .firstMember
        } else {
            shape = .document
            context = .finished
        }
    }

    private mutating func readFirstMember(_ token: JSONToken, _ block: inout RowBlock) throws(FormatError) {
        let known = JSONDocument.Member(member)
        if (token == .beginArray && known != nil) || (token == .null && known == .columns) {
            shape = .document
            try document.begin(member, tokenizer)
            try readDocumentValue(token)
        } else {
            shape = .lines
            try beginRow(.beginObject)
            try rows.readKey(member, tokenizer)
            try readMember(token, &block)
        }
    }

    private mutating func readDocumentKey(_ token: JSONToken) throws(FormatError) {
        guard token == .key else {
            context = .finished
            return
        }
        member = tokenizer.text
        try document.begin(member, tokenizer)
        context = .documentValue
    }

    private mutating func readDocumentValue(_ token: JSONToken) throws(FormatError) {
        context = .document
        switch (JSONDocument.Member(member), token) {
        case (.points, .beginArray), (.data, .beginArray):
            try rows.chooseIndex()
            context = .rows
            rows.label = String(decoding: member, as: UTF8.self)
        case (.columns, .beginArray):
            tokenizer.keepsNumberText = true
            document.names = []
            context = .columns
        case (.columns, .null): break
        case (.index, .beginArray):
            rows.rowIndex.begin(line: tokenizer.line)
            tokenizer.keepsNumberText = options.identifierColumn != nil
            context = .index
        case (.index, .beginObject): skip()
        case (.index, _): break
        default:
            throw unprocessable(
                "\(ErrorText.quoted(member)) is no array", fix: "Send an array of points such as [[1,2],[3,4]].")
        }
    }

    private mutating func readColumn(_ token: JSONToken) throws(FormatError) {
        switch token {
        case .string, .number:
            let name = tokenizer.isCut ? nil : String(validating: tokenizer.text, as: UTF8.self)
            guard let name else {
                throw unprocessable(
                    "the name \(ErrorText.quoted(tokenizer.text)) is too long or not valid UTF-8",
                    fix: "Shorten or mend it.")
            }
            try document.add(name, limit: options.maximumColumns, line: tokenizer.line)
        case .endArray:
            tokenizer.keepsNumberText = false
            context = .document
            if rows.count == 0, let names = document.names { try rows.setNames(names, line: tokenizer.line) }
        default:
            throw unprocessable("a column's name is no text", fix: "Name columns as in {\"columns\":[\"x\",\"y\"]}.")
        }
    }

    private mutating func readIndex(_ token: JSONToken) throws(FormatError) {
        if token == .endArray {
            tokenizer.keepsNumberText = false
            context = .document
            return
        }
        try rows.rowIndex.read(token, tokenizer, isKept: rows.mayTakeIndex)
        if token == .beginArray || token == .beginObject { skip() }
    }

    private mutating func readRow(_ token: JSONToken) throws(FormatError) {
        switch token {
        case .beginArray, .beginObject: try beginRow(token)
        case .endArray: context = tokenizer.depth == 0 ? .finished : .document
        case .number: throw flat
        default:
            throw unprocessable(
                "point \(rows.count) is no array", fix: "Send each point as an array of numbers, such as [[1,2],[3,4]]."
            )
        }
    }

    private mutating func beginRow(_ token: JSONToken) throws(FormatError) {
        if token == .beginObject, document.names != nil {
            throw unprocessable(
                "the points are objects although \"columns\" names their numbers",
                fix: "Send arrays of numbers, or leave \"columns\" out.")
        }
        context = token == .beginArray ? .rowArray : .rowObject
        rows.hasLines = shape == .lines
        if try !rows.begin(isObject: token == .beginObject, tokenizer) {
            // A row of the other kind is noted and thrown away.
            skip()
            context = shape == .lines ? .top : .rows
        }
    }

    private mutating func readElement(_ token: JSONToken, _ block: inout RowBlock) throws(FormatError) {
        if token == .endArray { return try endRow(&block) }
        rows.readElement(token, tokenizer, &block)
        if token == .beginArray || token == .beginObject { skip() }
    }

    private mutating func readMember(_ token: JSONToken, _ block: inout RowBlock) throws(FormatError) {
        if token == .endObject { return try endRow(&block) }
        if token == .key { return try rows.readKey(tokenizer.text, tokenizer) }
        rows.readMember(token, tokenizer, &block)
        if token == .beginArray || token == .beginObject { skip() }
    }

    private mutating func endRow(_ block: inout RowBlock) throws(FormatError) {
        try rows.end(tokenizer, &block)
        context = shape == .lines ? .top : .rows
    }

    private func unprocessable(_ detail: String, fix: String) -> FormatError {
        let place = FormatError.Place(line: tokenizer.line, byte: tokenizer.tokenStart, detail: detail)
        return FormatError(code: .unprocessable, detail: "\(place.located). \(fix)", places: [place])
    }
}
