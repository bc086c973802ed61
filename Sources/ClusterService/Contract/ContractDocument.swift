import CContract
import HTTPServer
import Yams

/// The contract that the program was built with, in both spellings.
struct ContractDocument: Sendable {
    let bytes: [UInt8]
    let mediaType: String
    let entityTag: EntityTag?

    private init(_ bytes: [UInt8], mediaType: String) {
        (self.bytes, self.mediaType) = (bytes, mediaType)
        entityTag = EntityTag(String(ContentDigest.of(bytes).prefix(32)))
    }

    /// `openapi.yaml`, to the byte (media type: RFC 9512).
    static let yaml = ContractDocument(
        Array(UnsafeBufferPointer(start: contract_bytes(), count: contract_count())), mediaType: "application/yaml")

    /// The same as JSON; converted when it is first asked for, once.
    ///
    /// A failure is a mistake in `openapi.yaml`, which the tests read too.
    static let json = Result {
        let value = try JSONValue(yaml: String(decoding: yaml.bytes, as: UTF8.self))
        return ContractDocument(value.bytes + [0x0A], mediaType: "application/json")
    }
}

extension JSONValue {
    /// Reads a YAML document as the JSON it stands for (YAML 1.2, section 10.2), members in their order.
    ///
    /// - Throws: `YamlError`, or ``NoJSON`` for what JSON cannot say.
    init(yaml text: String) throws {
        guard let node = try Yams.compose(yaml: text) else { throw NoJSON(place: "an empty document") }
        try self.init(node)
    }

    /// A part of a YAML document that is nothing in JSON.
    struct NoJSON: Error {
        let place: String
    }

    private init(_ node: Node) throws {
        switch node {
        case .mapping(let mapping):
            self = .object(
                try mapping.map { key, value in
                    guard let name = key.scalar?.string else { throw NoJSON(place: "\(key)") }
                    return Member(name: name, value: try JSONValue(value))
                })
        case .sequence(let sequence): self = .array(try sequence.map { try JSONValue($0) })
        case .scalar(let scalar):
            // The tag tells the plain scalar 200 from the quoted one.
            switch Tag.Name(rawValue: node.tag.rawValue) {
            case .null: self = .null
            case .bool: self = .bool(scalar.string == "true")
            case .int, .float: self = try JSONValue.parse(scalar.string.utf8)
            default: self = .string(scalar.string)
            }
        case .alias: throw NoJSON(place: "an alias that stands for nothing")
        }
    }
}
