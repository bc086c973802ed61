import Foundation

/// JSON Schema (draft 2020-12), exactly as far as openapi.yaml uses it.
///
/// A keyword that is not known here is an error and never ignored: what is not checked would look as if it held.
struct JSONSchema {
    /// The document that `$ref` points into.
    let document: JSON

    /// Keywords that say something about a value.
    private static let assertions: Set<String> = [
        "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "oneOf", "pattern",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems",
        "maxProperties", "propertyNames", "format", "if", "then",
    ]
    /// Keywords that only people read.
    private static let annotations: Set<String> = ["default", "description", "examples"]

    struct UnknownKeyword: Error, CustomStringConvertible {
        let description: String
    }

    /// The value that a reference such as `#/components/schemas/Job` points to.
    func target(of reference: String) throws -> JSON {
        var target: JSON? = document
        guard reference.hasPrefix("#/") else { throw UnknownKeyword(description: "$ref \(reference)") }
        for part in reference.dropFirst(2).split(separator: "/") {
            target = target?[String(part.replacing("~1", with: "/").replacing("~0", with: "~"))]
        }
        guard let target else { throw UnknownKeyword(description: "$ref \(reference) points to nothing") }
        return target
    }

    /// Refuses keywords that are not known, everywhere below `schema`; references are not followed.
    func checkKeywords(of schema: JSON) throws {
        if schema.bool != nil { return }
        guard let members = schema.members else { throw UnknownKeyword(description: "not a schema: \(schema)") }
        for (keyword, argument) in members {
            switch keyword {
            case "$ref": _ = try target(of: argument.string ?? "")
            case "properties": for (_, schema) in argument.members ?? [:] { try checkKeywords(of: schema) }
            case "items", "additionalProperties", "propertyNames", "if", "then": try checkKeywords(of: argument)
            case "oneOf": for schema in argument.array ?? [] { try checkKeywords(of: schema) }
            case "pattern": _ = try Regex(argument.string ?? "(")
            case "format" where !["date-time", "binary"].contains(argument):
                throw UnknownKeyword(description: "format \(argument)")
            case _ where Self.assertions.contains(keyword) || Self.annotations.contains(keyword): break
            default: throw UnknownKeyword(description: "the keyword \"\(keyword)\" is not supported")
            }
        }
    }

    /// What of `value` is not as `schema` says, each with its place; nothing where the value is valid.
    func faults(of value: JSON, under schema: JSON, at place: String = "") throws -> [String] {
        if let isAllowed = schema.bool { return isAllowed ? [] : ["\(place): nothing is allowed here"] }
        guard let members = schema.members else { throw UnknownKeyword(description: "not a schema: \(schema)") }
        var faults: [String] = []
        for (keyword, argument) in members.sorted(by: { $0.key < $1.key }) {
            switch keyword {
            case "$ref":
                faults += try self.faults(of: value, under: try target(of: argument.string ?? ""), at: place)
            case "oneOf":
                let fitting = try (argument.array ?? []).filter { try self.faults(of: value, under: $0).isEmpty }
                if fitting.count != 1 { faults.append("\(place): \(fitting.count) of oneOf fit \(Self.shown(value))") }
            case "if":
                let isMet = try self.faults(of: value, under: argument).isEmpty
                if isMet, let then = members["then"] { faults += try self.faults(of: value, under: then, at: place) }
            case "then": break
            case "properties", "required", "additionalProperties", "maxProperties", "propertyNames":
                faults += try objectFaults(of: value, keyword, argument, schema, place)
            case "items", "minItems", "maxItems":
                faults += try arrayFaults(of: value, keyword, argument, place)
            case _ where Self.annotations.contains(keyword): break
            case _ where Self.assertions.contains(keyword):
                if try !holds(keyword, argument, for: value) {
                    faults.append("\(place): \(Self.shown(value)) is against \(keyword) \(argument)")
                }
            default: throw UnknownKeyword(description: "\(place): the keyword \"\(keyword)\" is not supported")
            }
        }
        return faults
    }

    private func objectFaults(
        of value: JSON, _ keyword: String, _ argument: JSON, _ schema: JSON, _ place: String
    ) throws -> [String] {
        guard let members = value.members else { return [] }
        switch keyword {
        case "properties":
            return try members.sorted { $0.key < $1.key }.flatMap { name, member in
                try argument[name].map { try faults(of: member, under: $0, at: "\(place)/\(name)") } ?? []
            }
        case "required":
            return (argument.strings ?? []).filter { members[$0] == nil }.map { "\(place): \($0) is missing" }
        case "additionalProperties":
            return try members.sorted { $0.key < $1.key }.filter { schema["properties"]?[$0.key] == nil }
                .flatMap { try faults(of: $1, under: argument, at: "\(place)/\($0)") }
        case "propertyNames":
            return try members.keys.sorted().flatMap { try faults(of: .string($0), under: argument, at: place) }
        default:
            return members.count <= argument.int ?? 0 ? [] : ["\(place): \(members.count) members are too many"]
        }
    }

    private func arrayFaults(of value: JSON, _ keyword: String, _ argument: JSON, _ place: String) throws -> [String] {
        guard let elements = value.array else { return [] }
        switch keyword {
        case "items":
            return try elements.enumerated().flatMap { try faults(of: $1, under: argument, at: "\(place)/\($0)") }
        case "minItems":
            return elements.count >= argument.int ?? 0 ? [] : ["\(place): \(elements.count) elements are too few"]
        default:
            return elements.count <= argument.int ?? 0 ? [] : ["\(place): \(elements.count) elements are too many"]
        }
    }

    /// Keywords about values without parts; one that is about another kind of value holds.
    private func holds(_ keyword: String, _ argument: JSON, for value: JSON) throws -> Bool {
        switch (keyword, value) {
        case ("type", _): (argument.strings ?? [argument.string ?? ""]).contains { Self.isOf(type: $0, value) }
        case ("enum", _): argument.array?.contains(value) ?? false
        case ("const", _): argument == value
        case ("pattern", .string(let text)): try Regex(argument.string ?? "").firstMatch(in: text) != nil
        case ("minLength", .string(let text)): text.unicodeScalars.count >= argument.int ?? 0
        case ("maxLength", .string(let text)): text.unicodeScalars.count <= argument.int ?? 0
        case ("format", .string(let text)) where argument == "date-time": Self.isDateTime(text)
        case ("minimum", _): try compare(value, argument, .atLeast)
        case ("maximum", _): try compare(value, argument, .atMost)
        case ("exclusiveMinimum", _): try compare(value, argument, .above)
        case ("exclusiveMaximum", _): try compare(value, argument, .below)
        default: true
        }
    }

    private func compare(_ value: JSON, _ bound: JSON, _ relation: Comparison) throws -> Bool {
        guard let limit = bound.double else { throw UnknownKeyword(description: "the bound \(bound) is no number") }
        guard let number = value.double else { return true }
        // Whole numbers near 2^64 differ by less than Doubles can tell.
        if let number = value.whole, let limit = bound.whole { return relation.holds(number, limit) }
        return relation.holds(number, limit)
    }

    private enum Comparison {
        case atLeast, atMost, above, below

        func holds<Number: Comparable>(_ value: Number, _ bound: Number) -> Bool {
            switch self {
            case .atLeast: value >= bound
            case .atMost: value <= bound
            case .above: value > bound
            case .below: value < bound
            }
        }
    }

    private static func isOf(type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("integer", .integer), ("integer", .unsigned): true
        case ("integer", .number(let number)): number == number.rounded()
        case ("number", _): value.double != nil
        default: false
        }
    }

    /// RFC 3339, section 5.6, in UTC.
    private static func isDateTime(_ text: String) -> Bool {
        guard text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#) != nil else { return false }
        // Foundation makes 2 March of 30 February: only a day that comes back is one.
        let second = String(text.prefix(19)) + "Z"
        return (try? Date(second, strategy: .iso8601))?.formatted(.iso8601) == second
    }

    private static func shown(_ value: JSON) -> String { String("\(value)".prefix(80)) }
}

extension JSON {
    /// The value of a whole number, whichever way it was written.
    fileprivate var whole: Int128? {
        switch self {
        case .integer(let value): Int128(value)
        case .unsigned(let value): Int128(value)
        case .number(let value): Int128(exactly: value)
        default: nil
        }
    }
}
