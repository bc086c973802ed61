/// A reader of the few Python literals that a `.npy` header is made of; nothing is evaluated.
struct PythonLiteral: Sendable {
    private var rest: ArraySlice<UInt8>

    init(_ text: [UInt8]) { rest = text[...] }

    /// The error of a header that is not as it should be.
    static func error(_ problem: String) -> FormatError {
        FormatError(
            code: .malformed,
            detail: "the .npy header \(problem). Write the file with numpy.save.",
            places: [.init(byte: 0, detail: "the header \(problem)")])
    }

    /// Whether `character` comes next.
    mutating func isNext(_ character: Unicode.Scalar) -> Bool {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }
        return rest.first == UInt8(ascii: character)
    }

    /// Takes `character` if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes `character`, which must come next.
    mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
        guard take(character) else { throw Self.error("lacks a '\(character)'") }
    }

    /// Makes sure that nothing but white space is left.
    mutating func expectEnd() throws(FormatError) {
        _ = isNext("}")
        guard rest.isEmpty else { throw Self.error("goes on behind its last '}'") }
    }

    /// A string in single or double quotes, without escapes.
    mutating func string() throws(FormatError) -> String {
        let quote: Unicode.Scalar = isNext("\"") ? "\"" : "'"
        try expect(quote)
        let content = rest.prefix { $0 != UInt8(ascii: quote) && $0 != UInt8(ascii: "\\") && $0 >= 0x20 }
        rest = rest[content.endIndex...]
        guard rest.popFirst() == UInt8(ascii: quote) else { throw Self.error("holds a string that does not end") }
        return String(decoding: content, as: UTF8.self)
    }

    /// `True` or `False`.
    mutating func boolean() throws(FormatError) -> Bool {
        let value = isNext("T")
        let word = Array((value ? "True" : "False").utf8)
        guard rest.starts(with: word) else { throw Self.error("has a fortran_order that is neither True nor False") }
        rest = rest.dropFirst(word.count)
        return value
    }

    /// A tuple of integers that are not negative, such as `(3, 2)`, `(3,)` or `()`.
    mutating func tuple() throws(FormatError) -> [Int] {
        try expect("(")
        var values: [Int] = []
        while !take(")") {
            guard values.count < 64 else { throw Self.error("has a shape of more than 64 dimensions") }
            values.append(try integer())
            if take(",") { continue }
            try expect(")")
            // Python reads (3) as a number.
            guard values.count != 1 else { throw Self.error("has a shape that is no tuple") }
            break
        }
        return values
    }

    /// Digits, with the `L` that Python 2 wrote behind long ones.
    private mutating func integer() throws(FormatError) -> Int {
        _ = isNext("0")
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest[digits.endIndex...]
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Self.error("has a shape that is not made of integers in range")
        }
        _ = take("L")
        return value
    }
}
