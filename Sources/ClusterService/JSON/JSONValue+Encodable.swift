extension JSONValue {
    /// What `value` encodes itself as, members in the order it names them.
    ///
    /// As Foundation's `JSONEncoder` writes it and its decoder reads it, in a fraction of the time.
    ///
    /// - Throws: `EncodingError` for a number that is not finite: JSON has none.
    init(encoding value: some Encodable) throws {
        if let scalar = try JSONValue(scalar: value) {
            self = scalar
        } else {
            let node = EncodedNode()
            try value.encode(to: node)
            self = node.value
        }
    }

    /// Values that need no encoder; nil for any other.
    ///
    /// Lists of numbers, the bulk of a model, are among them.
    private init?<Value: Encodable>(scalar value: Value) throws {
        switch value {
        case let value as Double: self = try Self(finite: value)
        case let value as Int: self = .integer(value)
        case let value as UInt64: self = .unsigned(value)
        case let value as String: self = .string(value)
        case let value as Bool: self = .bool(value)
        case let value as Float: self = try Self(finite: value)
        case let value as any BinaryInteger:
            guard let number = Int(exactly: value) else { throw Self.unwritable(value) }
            self = .integer(number)
        case let values as [Double]: self = .array(try values.map { try Self(finite: $0) })
        case let values as [Float]: self = .array(try values.map { try Self(finite: $0) })
        default: return nil
        }
    }

    private init(finite value: Double) throws {
        guard value.isFinite else { throw Self.unwritable(value) }
        self = .number(value)
    }

    private init(finite value: Float) throws {
        guard value.isFinite else { throw Self.unwritable(value) }
        self = .float(value)
    }

    private static func unwritable(_ value: Any) -> EncodingError {
        .invalidValue(value, .init(codingPath: [], debugDescription: "JSON cannot say \(value)"))
    }
}

/// A value while it encodes itself: what its containers were given so far.
private final class EncodedNode: Encoder, SingleValueEncodingContainer {
    private enum Part {
        case value(JSONValue)
        /// A container that may still grow.
        case node(EncodedNode)

        var value: JSONValue {
            switch self {
            case .value(let value): value
            case .node(let node): node.value
            }
        }
    }

    private enum Kind {
        case single
        case object
        case array
    }

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var kind = Kind.object
    // Lists of their own, and not values of the kind: those would be copied for each element that is added.
    private var single = JSONValue.null
    private var members: [(name: String, part: Part)] = []
    private var parts: [Part] = []

    var value: JSONValue {
        switch kind {
        case .single: single
        case .object: .object(members.map { .init(name: $0.name, value: $0.part.value) })
        case .array: .array(parts.map(\.value))
        }
    }

    var count: Int { parts.count }

    func append(_ value: JSONValue, name: String? = nil) { append(.value(value), name: name) }

    /// A container inside this one.
    func nested(name: String? = nil) -> EncodedNode {
        let node = EncodedNode()
        append(.node(node), name: name)
        return node
    }

    private func append(_ part: Part, name: String?) {
        if kind == .object, let name {
            members.append((name, part))
        } else {
            kind = .array
            parts.append(part)
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(EncodedMembers<Key>(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        kind = .array
        return EncodedElements(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { set(.null) }

    func encode<Value: Encodable>(_ value: Value) throws { set(try JSONValue(encoding: value)) }

    private func set(_ value: JSONValue) { (kind, single) = (.single, value) }
}

private struct EncodedMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodedNode
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { node.append(.null, name: key.stringValue) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        node.append(try JSONValue(encoding: value), name: key.stringValue)
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> {
        node.nested(name: key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        node.nested(name: key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { node.nested(name: "super") }

    func superEncoder(forKey key: Key) -> any Encoder { node.nested(name: key.stringValue) }
}

private struct EncodedElements: UnkeyedEncodingContainer {
    let node: EncodedNode
    var codingPath: [any CodingKey] { [] }
    var count: Int { node.count }

    func encodeNil() { node.append(.null) }

    func encode<Value: Encodable>(_ value: Value) throws { node.append(try JSONValue(encoding: value)) }

    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
        node.nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { node.nested() }
}
