extension CSVRows {
    /// Reads a byte, or a run of bytes of the same cell.
    mutating func step(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        switch mode {
        case .start: try stepStart(&p, end, &block)
        case .plain: try stepPlain(&p, end, &block)
        case .quoted: stepQuoted(&p, end)
        case .closing, .closed: try stepClosed(&p, end, &block)
        }
    }

    private mutating func stepStart(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        let byte = p.pointee
        if isBehindCarriageReturn {
            isBehindCarriageReturn = false
            if byte == CSV.lineFeed {
                p += 1
                return
            }
        }
        if byte == CSV.lineFeed || byte == CSV.carriageReturn {
            cellLine = line
            if cellIndex > 0, !merges { endCell(&block) } else { forgetCell() }
            return try endLine(&p, end, &block)
        }
        if byte == CSV.space || byte == CSV.tab, merges || byte != delimiter {
            // Blanks are part of a cell (RFC 4180, section 2): numbers do without them, texts do not.
            if !merges, start.plan.slot(cellIndex) == ColumnPlan.identifier {
                collect(UnsafeBufferPointer(start: p, count: 1))
            }
            p += 1
            return
        }
        if cellIndex == 0 { rowLine = line }
        cellLine = line
        if byte == delimiter {
            p += 1
            endCell(&block)
        } else if byte == CSV.quote {
            p += 1
            forgetCell()
            mode = .quoted
        } else {
            mode = .plain
        }
    }

    private mutating func stepPlain(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        let first = p
        while p < end, !isCellEnd(p.pointee) { p += 1 }
        collect(UnsafeBufferPointer(start: first, count: p - first))
        if p < end { try endCellAndDelimiter(&p, end, &block) }
    }

    private mutating func stepQuoted(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        let first = p
        while p < end, p.pointee != CSV.quote {
            if p.pointee == CSV.carriageReturn || (p.pointee == CSV.lineFeed && !isBehindCarriageReturn) { line += 1 }
            isBehindCarriageReturn = p.pointee == CSV.carriageReturn
            p += 1
        }
        collect(UnsafeBufferPointer(start: first, count: p - first))
        if p < end {
            isBehindCarriageReturn = false
            mode = .closing
            p += 1
        }
    }

    private mutating func stepClosed(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        if p.pointee == CSV.quote, mode == .closing {
            collect(UnsafeBufferPointer(start: p, count: 1))
            p += 1
            mode = .quoted
        } else if isCellEnd(p.pointee) {
            try endCellAndDelimiter(&p, end, &block)
        } else if CSV.isBlank(p.pointee, delimiter) {
            p += 1
            mode = .closed
        } else {
            throw problem(
                "\(ErrorText.byte(p.pointee)) follows a closing quote", at: line, code: .malformed,
                fix: "Put the whole cell in quotes, and write a quote inside a cell twice.")
        }
    }

    private mutating func endCellAndDelimiter(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        endCell(&block)
        if p.pointee == CSV.lineFeed || p.pointee == CSV.carriageReturn {
            try endLine(&p, end, &block)
        } else {
            p += 1
        }
    }

    /// Ends a line, which is a row unless it is blank.
    private mutating func endLine(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ block: inout RowBlock
    ) throws(FormatError) {
        isBehindCarriageReturn = p.pointee == CSV.carriageReturn
        p += 1
        line += 1
        if cellIndex > 0 { return try endRow(pieceEnd - (end - p), &block) }
        if blankLine == nil, row > 0 { blankLine = line - 1 }
    }

    /// Adds bytes to the cell, unless it is left out or longer than any number.
    private mutating func collect(_ bytes: UnsafeBufferPointer<UInt8>) {
        let slot = start.plan.slot(cellIndex)
        guard slot != ColumnPlan.skipped, !isOverlong else { return }
        let longest = slot == ColumnPlan.identifier ? RowIdentifiers.longest : Decimal.longest
        if cell.count + bytes.count > longest { isOverlong = true }
        cell.append(contentsOf: bytes.prefix(longest - cell.count))
    }

    /// Ends the cell that was collected, or an empty one.
    mutating func endCell(_ block: inout RowBlock) {
        let slot = start.plan.slot(cellIndex)
        if slot == ColumnPlan.identifier {
            endIdentifier(&block)
        } else if slot != ColumnPlan.skipped, cellIndex < start.width {
            let content = cell[...].trimmed(CSV.isBlankByte)
            let value = isOverlong ? .nan : CSV.number(content, start.numberType)
            if value.isFinite { store(value, slot, &block) } else { noteCell(content, value) }
        }
        forgetCell()
        cellIndex += 1
        mode = .start
    }

    private mutating func forgetCell() {
        cell.removeAll(keepingCapacity: true)
        isOverlong = false
    }

    /// Ends the cell that identifies the row, which keeps its blanks.
    private mutating func endIdentifier(_ block: inout RowBlock) {
        if isOverlong || String(validating: cell, as: UTF8.self) == nil {
            noteIdentifier(cell[...])
        } else {
            block.identify(cell)
        }
    }

    /// Ends a row at the offset `byte` of the body.
    @inline(__always)
    mutating func endRow(_ byte: Int, _ block: inout RowBlock) throws(FormatError) {
        if cellIndex == start.width, blankLine == nil, problems.isEmpty {
            block.endRow()
        } else {
            try endDoubtfulRow(byte, &block)
        }
        row += 1
        cellIndex = 0
    }
}

extension CSV {
    /// Whether `byte` is a space or a tab.
    static func isBlankByte(_ byte: UInt8) -> Bool { byte == space || byte == tab }
}

extension ArraySlice<UInt8> {
    /// The slice without the bytes at both ends for which `isBlank` holds.
    func trimmed(_ isBlank: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
