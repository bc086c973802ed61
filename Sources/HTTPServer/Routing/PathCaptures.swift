/// The parts of a path that a route's template captured, percent-decoded.
public struct PathCaptures: Sendable {
    let names: [String]
    let values: [String]

    /// Creates captures, for tests.
    public init(_ captures: KeyValuePairs<String, String> = [:]) {
        names = captures.map(\.key)
        values = captures.map(\.value)
    }

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The text that a name captured.
    ///
    /// - Precondition: The route's template has a capture of this name.
    public subscript(name: String) -> String {
        guard let index = names.firstIndex(of: name), values.indices.contains(index) else {
            preconditionFailure("the route's template has no capture {\(name)}; it has \(names)")
        }
        return values[index]
    }

    /// What a name captured, as a value of some type.
    ///
    /// ```swift
    /// let day = try path("day", as: Weekday.self)
    /// ```
    /// - Throws: ``Problem/notFound(_:)`` when the text is no such value: there is nothing at the path.
    /// - Precondition: The route's template has a capture of this name.
    public func callAsFunction<Value: LosslessStringConvertible>(
        _ name: String, as type: Value.Type
    ) throws(Problem) -> Value {
        guard let value = Value(self[name]) else { throw Self.mismatch(name, type) }
        return value
    }

    /// What a name captured, as a whole number written the one way there is: `7`, not `+7` or `007`.
    ///
    /// - Throws: ``Problem/notFound(_:)`` for anything else and for a number that the type does not hold.
    /// - Precondition: The route's template has a capture of this name.
    public func callAsFunction<Value: FixedWidthInteger & LosslessStringConvertible>(
        _ name: String, as type: Value.Type
    ) throws(Problem) -> Value {
        let text = self[name]
        guard let value = Value(text), String(value).utf8.elementsEqual(text.utf8) else {
            throw Self.mismatch(name, type)
        }
        return value
    }

    private static func mismatch<Value>(_ name: String, _ type: Value.Type) -> Problem {
        .notFound("path segment {\(name)} is not of type \(type)")
    }
}
