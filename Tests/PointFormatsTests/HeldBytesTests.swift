import Testing

@testable import PointFormats

/// What a decoder holds while a body without end is fed to it, made to have it hold as much as it can.
@Suite struct HeldBytesTests {
    /// A body: what it starts with, and what follows again and again.
    struct Endless: Sendable, CustomTestStringConvertible {
        let name: String
        let format: PointFormat
        let start: String
        /// What follows; `#` stands for the number of the repetition.
        let more: String
        var identifier: ColumnSelector?

        var testDescription: String { name }
    }

    static let bodies = [
        Endless(name: "a CSV header without end", format: .csv, start: "x", more: ",column #"),
        Endless(name: "a CSV line without end", format: .csv, start: "1", more: ",2"),
        Endless(name: "a CSV cell without end", format: .csv, start: "x,y\n1,", more: "99999999"),
        Endless(name: "a quote that stays open", format: .csv, start: "x,y\n1,\"", more: "a\nb,\"\""),
        Endless(name: "a quote that stays open in the header", format: .csv, start: "\"", more: "a\nb,"),
        Endless(name: "blank lines", format: .csv, start: "1,2\n", more: " \n"),
        Endless(name: "blank lines in front", format: .csv, start: "", more: "\r\n"),
        Endless(name: "wrong cells", format: .csv, start: "x,y\n1,2\n", more: "a,b\n"),
        Endless(
            name: "long ids", format: .csv, start: "id,x\n", more: "\(String(repeating: "i", count: 4_000))#,1\n",
            identifier: .name("id")),
        Endless(
            name: "an id without end", format: .csv, start: "id,x\na,1\n", more: "iiiiiiii", identifier: .name("id")),
        Endless(name: "an array of numbers without end", format: .json, start: "[[1", more: ",2"),
        Endless(name: "a number without end", format: .json, start: "[[1,2],[1", more: "00000000"),
        Endless(name: "a string without end", format: .json, start: "[[1,2],[\"", more: "\\u00e9aaaa"),
        Endless(name: "a name without end", format: .json, start: "[{\"", more: "aaaaaaaa"),
        Endless(
            name: "many long names", format: .json, start: "[{\"a\":1",
            more: ",\"\(String(repeating: "n", count: 4_000))#\":1"),
        Endless(
            name: "many long columns", format: .json, start: "{\"columns\":[\"a\"",
            more: ",\"\(String(repeating: "n", count: 4_000))#\""),
        Endless(name: "an index without end", format: .json, start: "{\"index\":[0", more: ",{\"a\":[\"#\"]}"),
        Endless(name: "white space", format: .json, start: "[[1,2]", more: " \n\t\r"),
        Endless(name: "brackets", format: .json, start: "", more: "["),
        Endless(name: "wrong elements", format: .json, start: "[[1,2]", more: ",[null,\"a\"]"),
        Endless(name: "NDJSON with a name without end", format: .ndjson, start: "{\"a\":1}\n{\"", more: "aaaaaaaa"),
        Endless(name: "NDJSON with unknown names", format: .ndjson, start: "{\"a\":1}\n{\"a\":2", more: ",\"b#\":1"),
        Endless(
            name: "NDJSON with long ids", format: .ndjson, start: "",
            more: "{\"id\":\"\(String(repeating: "i", count: 4_000))#\",\"x\":1}\n", identifier: .name("id")),
    ]

    @Test(arguments: bodies)
    func staysBelowTwoMebibytes(body: Endless) throws {
        var decoder = PointDecoder(
            format: body.format, options: decodingOptions { $0.identifierColumn = body.identifier })
        var sink = Dropped()
        var number = 0
        var fed = 0
        do {
            try Array(body.start.utf8).withUnsafeBytes { try decoder.feed($0, into: &sink) }
            while fed < 6 << 20 {
                var piece: [UInt8] = []
                while piece.count < 128 * 1024 {
                    number += 1
                    piece += Array(body.more.replacing("#", with: String(number)).utf8)
                    // Text without a number is the same again and again.
                    if !body.more.contains("#") {
                        while piece.count < 128 * 1024 { piece += piece }
                    }
                }
                fed += piece.count
                try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) }
                let held = heldBytes(decoder)
                if held > 2 << 20 {
                    Issue.record("\(held) bytes are held after \(fed)")
                    return
                }
            }
        } catch is FormatError {
            #expect(heldBytes(decoder) <= 2 << 20)
        }
    }

    @Test func anArrayWithoutEndHoldsOnePieceOfNumbers() throws {
        var decoder = PointDecoder(format: .npy)
        var sink = Dropped()
        var writer = ByteWriter()
        writer.append(npyHeader: [1 << 40, 3])
        try writer.bytes.withUnsafeBytes { try decoder.feed($0, into: &sink) }
        let piece = [UInt8](repeating: 0, count: 131_071)
        for _ in 0..<64 {
            try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) }
            #expect(heldBytes(decoder) <= 128 * 1024)
        }
    }

    /// The bytes of all arrays and texts that a value holds.
    private func heldBytes(_ value: Any) -> Int {
        switch value {
        case let bytes as [UInt8]: bytes.count
        case let text as String: text.utf8.count
        case let numbers as [Float]: 4 * numbers.count
        case let numbers as [Double]: 8 * numbers.count
        case let numbers as [Int]: 8 * numbers.count
        default: Mirror(reflecting: value).children.reduce(0) { $0 + heldBytes($1.value) }
        }
    }

    private struct Dropped: PointSink {
        mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {}
    }
}
