extension JSONRows {
    /// An index for members that count for nothing.
    private static let ignored = -1

    /// Reads members for as long as they come in the order of the first row and are plain numbers.
    mutating func readMembers(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ tokenizer: inout JSONTokenizer,
        _ block: inout RowBlock
    ) {
        while let (index, key) = members.expected, plan.slot(index) != ColumnPlan.identifier,
            let value = tokenizer.readNumber(called: key, &p, end)
        {
            let counts = plan.slot(index) != ColumnPlan.skipped
            members.see(index, counts: counts)
            self.index = index
            if counts { store(value, &block) }
        }
    }

    /// Reads the name of a member.
    mutating func readKey(_ key: [UInt8], _ tokenizer: JSONTokenizer) throws(FormatError) {
        index = Self.ignored
        if tokenizer.isCut {
            return note("a name is longer than \(JSONTokenizer.longestText) bytes", tokenizer, fix: "Shorten it.")
        }
        switch try members.find(key, limit: options.maximumColumns, line: tokenizer.line) {
        case .member(let index):
            self.index = index
            members.see(index, counts: plan.slot(index) != ColumnPlan.skipped)
        case .repeated:
            note("the name \(ErrorText.quoted(key)) stands twice", tokenizer, fix: "Send each name once.")
        case .unknown:
            // Columns were chosen: others may be there or not.
            if plan.dimension != nil || problems.isFull { return }
            note(
                members.isFirst
                    ? "the name \(ErrorText.quoted(key)) is not valid UTF-8"
                    : "unknown name \(ErrorText.quoted(key)); the first point has \(ErrorText.list(members.names))",
                tokenizer, fix: "Every point needs the same names.")
        }
    }

    /// Reads the value of a member.
    mutating func readMember(_ token: JSONToken, _ tokenizer: JSONTokenizer, _ block: inout RowBlock) {
        guard index != Self.ignored else { return }
        if isAtIdentifier {
            if !members.isFirst { return identify(token, tokenizer, &block) }
            switch token {
            case .string, .boolean, .number:
                members.firstIdentifiers[index] = tokenizer.text
                if tokenizer.isCut { members.cutIdentifiers.insert(index) }
            default: break
            }
        }
        if case .number(let value) = token, value.isFinite {
            if members.isFirst { members.firstValues[index] = value } else { store(value, &block) }
        } else if members.isFirst || plan.slot(index) != ColumnPlan.skipped {
            noteElement(token, tokenizer)
        }
    }

    /// Ends an object, which needs all names that count.
    mutating func endObject(_ tokenizer: JSONTokenizer, _ block: inout RowBlock) throws(FormatError) {
        if members.isFirst { return try endFirstObject(tokenizer, &block) }
        if let missing = members.missing(
            of: plan.countedCells(width: members.names.count), { plan.slot($0) != ColumnPlan.skipped })
        {
            note(
                "the name \(ErrorText.quoted(members.names[missing])) is missing", tokenizer,
                fix: "Every point needs the same names.")
        }
    }

    /// Now that all names are known, puts the numbers of the first object where they belong.
    private mutating func endFirstObject(
        _ tokenizer: JSONTokenizer, _ block: inout RowBlock
    ) throws(FormatError) {
        let names = members.names
        guard !names.isEmpty else {
            return note("a point without numbers", tokenizer, fix: "Send at least one number for each point.")
        }
        plan = try ColumnPlan(options, names: names, width: names.count, line: tokenizer.line)
        self.names = names
        width = names.count
        for problem in members.firstProblems where plan.slot(problem.index) >= 0 { note(problem.place, problem.fix) }
        if let identifier = plan.identifierIndex {
            index = identifier
            if let text = members.firstIdentifiers[identifier] {
                identify(text, isCut: members.cutIdentifiers.contains(identifier), tokenizer, &block)
            } else {
                noteIdentifier("the id is no text", tokenizer)
            }
        }
        for (index, value) in members.firstValues.enumerated() {
            self.index = index
            store(value, &block)
        }
        members.endFirst()
    }
}
