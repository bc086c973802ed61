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

    /// The text that a name captured, or an empty one when the template has no such name.
    public subscript(name: String) -> String {
        guard let index = names.firstIndex(of: name), values.indices.contains(index) else { return "" }
        return values[index]
    }
}
