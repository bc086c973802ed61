extension JSONRows {
    /// Reads the numbers of an array for as long as they are plain.
    mutating func readNumbers(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ tokenizer: inout JSONTokenizer,
        _ block: inout RowBlock
    ) {
        let limit = width ?? options.maximumColumns
        // An identifier is read as text.
        let room = plan.identifierIndex.map { $0 < index ? .max : $0 - index } ?? .max
        if plan.dimension == nil {
            var index = index
            tokenizer.readNumbers(&p, end, atMost: room) { value in
                if index < limit { block.append(value) }
                index += 1
            }
            self.index = index
        } else {
            tokenizer.readNumbers(&p, end, atMost: room) { value in
                if index < limit { store(value, &block) }
                index += 1
            }
        }
    }

    /// Reads an element of an array.
    mutating func readElement(_ token: JSONToken, _ tokenizer: JSONTokenizer, _ block: inout RowBlock) {
        if index == plan.identifierIndex {
            identify(token, tokenizer, &block)
        } else if index < width ?? options.maximumColumns, plan.slot(index) != ColumnPlan.skipped {
            if case .number(let value) = token, value.isFinite {
                store(value, &block)
            } else {
                noteElement(token, tokenizer)
            }
        }
        index += 1
    }

    /// Checks the length of an array that ends.
    mutating func endArray(_ tokenizer: JSONTokenizer) throws(FormatError) {
        if let width {
            guard index != width else { return }
            return note(
                "\(ErrorText.counted(index, "number")) instead of \(width)", tokenizer,
                fix: names == nil
                    ? "Every point needs as many numbers as the first one."
                    : "Every point needs a number for each name.")
        }
        guard index > (plan.identifierIndex == nil ? 0 : 1) else {
            return note("a point without numbers", tokenizer, fix: "Send at least one number for each point.")
        }
        guard index <= options.maximumColumns else {
            throw FormatError(
                code: .tooLarge,
                detail: "the first point has more than \(options.maximumColumns) numbers. Send fewer columns.",
                places: [.init(line: tokenizer.line, row: 0, detail: "more than \(options.maximumColumns) numbers")])
        }
        if plan.minimumWidth > index {
            // An index is past the end of the row, which this says.
            plan = try ColumnPlan(options, names: nil, width: index, line: tokenizer.line)
        }
        width = index
    }
}
