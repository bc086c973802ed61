import PointFormats

/// A JSON value whose objects keep the order they were written in, so that the same answer has the same bytes.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    /// A single-precision number, written as short as it can be.
    case float(Float)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// The text of a JSON value that was written here before; it goes into an answer as it is.
    case encoded(String)

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSONValue
    }

    /// An object from pairs, in their order.
    static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    /// A string, or null.
    static func string(orNull text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// The value of member `name` of an object; nil for any other value.
    subscript(name: String) -> JSONValue? {
        if case .encoded(let text) = self { return (try? JSONValue.parse(text.utf8))?[name] }
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The value as UTF-8 text.
    ///
    /// - Complexity: O(size).
    var bytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// The value as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .null: writer.append("null")
        case .bool(let value): writer.append(value ? "true" : "false")
        case .integer(let value): writer.append(int: value)
        case .unsigned(let value): writer.append(string: String(value))
        case .number(let value): writer.append(double: value)
        case .float(let value): writer.append(float: value)
        case .string(let value): writer.append(jsonString: value)
        case .encoded(let text): writer.append(string: text)
        case .array(let values):
            writer.append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { writer.append(",") }
                value.write(to: &writer)
            }
            writer.append("]")
        case .object(let members):
            writer.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.append(",") }
                writer.append(jsonString: member.name)
                writer.append(":")
                member.value.write(to: &writer)
            }
            writer.append("}")
        }
    }
}

extension JSONValue {
    /// Reads a whole JSON text.
    static func parse(_ bytes: some Sequence<UInt8>) throws(JSONParser.Failure) -> JSONValue {
        try JSONParser.parse(bytes)
    }
}
