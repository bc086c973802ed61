/// Texts that a column names by their places.
struct ArrowDictionary: Sendable {
    /// The most bytes that the texts and their places may take in memory.
    fileprivate static let longest = 16 << 20

    private var texts: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []

    /// The text at a place, from 0; nil where there is none.
    func text(_ place: Int) -> [UInt8]? {
        guard ends.indices.contains(place) else { return nil }
        return Array(texts[(place == 0 ? 0 : ends[place - 1])..<ends[place]])
    }

    /// Adds a text at the next place.
    fileprivate mutating func append(_ text: [UInt8]) throws(FormatError) {
        texts += text
        ends.append(texts.count)
        guard texts.count + ends.count * MemoryLayout<Int>.size <= Self.longest else { throw Self.tooLarge }
    }

    fileprivate static let tooLarge = FormatError(
        code: .tooLarge,
        detail: "the dictionary of the ids takes more than \(longest) bytes. Cast the column to strings, which are not "
            + "held in memory.", places: [.init(detail: "more than \(longest) bytes")])

    /// The error of rows in front of the dictionary that they need, as a file, which is read from its end, may have them.
    static func comesLate(_ column: String) -> FormatError {
        let name = ErrorText.quoted(column)
        return FormatError(
            code: .unprocessable,
            detail: "the dictionary of column \(name) comes behind rows that need it, as polars writes files. Write a "
                + "stream (polars: write_ipc_stream, pyarrow: pyarrow.ipc.new_stream), or cast the column to strings.",
            places: [.init(row: 0, name: column, detail: "the dictionary comes behind the rows")])
    }
}

/// The body of a dictionary's texts while it arrives (Message.fbs, DictionaryBatch).
struct ArrowDictionaryBody: Sendable {
    private let number: Int
    /// Whether the texts go behind those that are there.
    private let isDelta: Bool
    private var body: ArrowBody
    private var reader: ArrowRowReader

    /// - Returns: nil for a dictionary that no column which counts refers to.
    init?(
        _ table: FlatTable, _ schema: ArrowSchema, bodyLength: Int, _ options: DecodingOptions
    ) throws(FormatError) {
        let number = Int(try table.number(0, default: 0 as Int64))
        self.number = number
        isDelta = try table.number(2, default: 0 as UInt8) != 0
        guard let content = try table.table(1) else { throw FlatBuffer.damaged }
        for column in schema.columns {
            guard case .entries(number, _, let text) = column.content else { continue }
            let texts = ArrowSchema(dictionaryOf: column, text, version: schema.version)
            body = ArrowBody(try ArrowBatch(content, texts, bodyLength: bodyLength), length: bodyLength)
            var options = options
            options.maximumBufferedBytes = min(options.maximumBufferedBytes, ArrowDictionary.longest)
            reader = ArrowRowReader(texts, options, nil)
            return
        }
        return nil
    }

    var isComplete: Bool { body.isComplete }

    /// Reads bytes of the body, as ``ArrowBody`` does.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        do {
            return try body.read(bytes, &reader)
        } catch let error as FormatError where error.code == .tooLarge {
            throw reader.scratch.count > ArrowDictionary.longest ? ArrowDictionary.tooLarge : error
        }
    }

    /// Gives the texts to the reader of the rows.
    mutating func finish(_ target: inout ArrowRowReader?) throws {
        var rows = try ArrowRows(body, reader.schema, .float32)
        // Taken out, so that it is added to in place.
        let known = target?.dictionaries.removeValue(forKey: number)
        var dictionary = isDelta ? known ?? ArrowDictionary() : ArrowDictionary()
        while let texts = try rows.nextIdentifiers(&reader) {
            for text in texts { try dictionary.append(text) }
        }
        target?.dictionaries[number] = dictionary
    }
}
