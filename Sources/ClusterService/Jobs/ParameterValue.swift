import AttentionClustering

/// A parameter's value as it came: text from a query, or JSON.
enum ParameterValue {
    case text(String)
    case json(JSONValue)

    /// A value of the wrong kind.
    struct Mismatch: Error {
        let detail: String
    }

    func integer(_ range: ClosedRange<Int>, _ meaning: String) throws(Mismatch) -> Int {
        let value: Int? =
            switch self {
            case .text(let text): Self.isPlainNumber(text) ? Int(text) : nil
            case .json(.integer(let value)): value
            case .json(.number(let value)): Int(exactly: value)
            default: nil
            }
        guard let value, range.contains(value) else { throw Mismatch(detail: "\(meaning); found \(shown)") }
        return value
    }

    func unsigned(_ meaning: String) throws(Mismatch) -> UInt64 {
        let value: UInt64? =
            switch self {
            case .text(let text): Self.isPlainNumber(text) ? UInt64(text) : nil
            case .json(.integer(let value)): UInt64(exactly: value)
            case .json(.unsigned(let value)): value
            case .json(.number(let value)): UInt64(exactly: value)
            default: nil
            }
        guard let value else { throw Mismatch(detail: "\(meaning); found \(shown)") }
        return value
    }

    func number(_ meaning: String, where isAllowed: (Double) -> Bool) throws(Mismatch) -> Double {
        let value: Double? =
            switch self {
            case .text(let text): Self.isPlainNumber(text) ? Double(text) : nil
            case .json(.integer(let value)): Double(value)
            case .json(.unsigned(let value)): Double(value)
            case .json(.number(let value)): value
            default: nil
            }
        guard let value, value.isFinite, isAllowed(value) else { throw Mismatch(detail: "\(meaning); found \(shown)") }
        return value
    }

    /// Whether the value is the word `auto`.
    var isAuto: Bool {
        switch self {
        case .text("auto"), .json(.string("auto")): true
        default: false
        }
    }

    func inverseTemperature() throws(Mismatch) -> InverseTemperature {
        if isAuto { return .automatic }
        return .fixed(try number("is auto, or a number above 0") { $0 > 0 })
    }

    func bool() throws(Mismatch) -> Bool {
        switch self {
        case .text("true"), .text("1"), .json(.bool(true)): true
        case .text("false"), .text("0"), .json(.bool(false)): false
        default: throw Mismatch(detail: "is true or false; found \(shown)")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) throws(Mismatch) -> Choice
    where Choice.RawValue == String {
        let text: String? =
            switch self {
            case .text(let text), .json(.string(let text)): text
            default: nil
            }
        guard let value = text.flatMap(Choice.init(rawValue:)) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mismatch(detail: "is one of \(known); found \(shown)")
        }
        return value
    }

    /// The value, cut short, as it may be shown in an error.
    var shown: String {
        switch self {
        case .text(let text): "\"\(text.prefix(40))\""
        case .json(let value): String(value.text.prefix(40))
        }
    }

    /// Digits with an optional minus, point and exponent, so that "+5", " 5", "0x5" and "inf" are refused.
    private static func isPlainNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x2B else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
    }
}

extension JSONValue {
    static func inverseTemperature(_ value: InverseTemperature) -> JSONValue {
        switch value {
        case .automatic: .string("auto")
        case .fixed(let number): .number(number)
        }
    }
}
