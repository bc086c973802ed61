public import HTTPTypes

/// The value of an `If-Match` or `If-None-Match` field (RFC 9110, sections 13.1.1 and 13.1.2).
public enum EntityTagCondition: Sendable, Equatable {
    /// `*`: any representation there is.
    case any

    /// One of some tags.
    case oneOf([EntityTag])

    /// Reads a field value; nil for one that is malformed.
    public init?(_ value: String) {
        var scanner = FieldScanner(value)
        scanner.skipWhitespace()
        if scanner.skip("*") {
            scanner.skipWhitespace()
            guard scanner.isAtEnd else { return nil }
            self = .any
            return
        }
        var tags: [EntityTag] = []
        while !scanner.isAtEnd {
            scanner.skipWhitespace()
            if scanner.skip(",") { continue }
            guard let tag = EntityTag(&scanner) else { return nil }
            tags.append(tag)
            scanner.skipWhitespace()
            guard scanner.isAtEnd || scanner.skip(",") else { return nil }
        }
        guard !tags.isEmpty else { return nil }
        self = .oneOf(tags)
    }

    /// Whether `If-Match` with this value holds: strong comparison.
    ///
    /// - Parameter current: The tag of the representation there is, or nil when there is none.
    public func holdsForIfMatch(_ current: EntityTag?) -> Bool {
        guard let current else { return false }
        switch self {
        case .any: return true
        case .oneOf(let tags): return tags.contains { $0.stronglyMatches(current) }
        }
    }

    /// Whether `If-None-Match` with this value holds: weak comparison, negated.
    ///
    /// - Parameter current: The tag of the representation there is, or nil when there is none.
    public func holdsForIfNoneMatch(_ current: EntityTag?) -> Bool {
        guard let current else { return true }
        switch self {
        case .any: return false
        case .oneOf(let tags): return !tags.contains { $0.weaklyMatches(current) }
        }
    }
}

/// What the conditions of a request come to (RFC 9110, section 13.2.2).
public enum PreconditionOutcome: Sendable, Equatable {
    /// The conditions hold, or there are none.
    case proceed

    /// The client has the current representation: 304, for GET and HEAD.
    case notModified

    /// A condition does not hold: 412.
    case failed
}

extension HTTPFields {
    /// Evaluates `If-Match`, then `If-None-Match`, against the representation there is.
    ///
    /// - Parameters:
    ///   - current: The tag of the representation there is, or nil when there is none.
    ///   - method: The method of the request.
    /// - Throws: A ``Problem`` with status 400 for a malformed condition.
    public func precondition(
        current: EntityTag?, method: HTTPRequest.Method
    ) throws(Problem) -> PreconditionOutcome {
        if let condition = try entityTagCondition(.ifMatch), !condition.holdsForIfMatch(current) { return .failed }
        if let condition = try entityTagCondition(.ifNoneMatch), !condition.holdsForIfNoneMatch(current) {
            return method == .get || method == .head ? .notModified : .failed
        }
        return .proceed
    }

    /// The condition in a field, or nil when the field is absent.
    ///
    /// - Throws: A ``Problem`` with status 400 for a malformed condition.
    public func entityTagCondition(_ name: HTTPField.Name) throws(Problem) -> EntityTagCondition? {
        guard let value = self[name] else { return nil }
        guard let condition = EntityTagCondition(value) else {
            throw Problem(
                .badRequest, type: "/problems/malformed-condition", title: "Malformed condition",
                detail: "\(name.rawName) is neither '*' nor a list of quoted entity tags",
                errors: [Problem.Place(parameter: name.rawName, detail: "write it as \"…\", quotes included")])
        }
        return condition
    }
}
