import Foundation
import Yams

extension JSON {
    /// Reads a YAML document as the JSON it stands for (YAML 1.2, section 10.2).
    init(yaml text: String) throws {
        guard let node = try Yams.compose(yaml: text) else { throw CocoaError(.fileReadCorruptFile) }
        try self.init(node)
    }

    private init(_ node: Node) throws {
        switch node {
        case .mapping(let mapping):
            var members: [String: JSON] = [:]
            for (key, value) in mapping {
                guard let name = key.scalar?.string, members[name] == nil else {
                    throw CocoaError(.fileReadCorruptFile)
                }
                members[name] = try JSON(value)
            }
            self = .object(members)
        case .sequence(let sequence):
            self = .array(try sequence.map { try JSON($0) })
        case .scalar(let scalar):
            // The tag tells the plain scalar 200 from the quoted one.
            switch Tag.Name(rawValue: node.tag.rawValue) {
            case .null: self = .null
            case .bool: self = .bool(scalar.string == "true")
            case .int, .float: self = try JSON(scalar.string)
            default: self = .string(scalar.string)
            }
        case .alias:
            throw CocoaError(.fileReadCorruptFile)
        }
    }
}
