import HTTPTypes

/// The parameters of a request's query, in the order they were sent.
///
/// Decoding is exact: '+' and `%20` are a space, and a bad escape, octets that are not UTF-8 or a NUL are an error
/// that names the parameter.
public struct QueryParameters: Sendable {
    /// Names and values, decoded.
    public let items: [(name: String, value: String)]

    /// Creates parameters from decoded names and values.
    public init(items: [(name: String, value: String)]) {
        self.items = items
    }

    /// Parses a query: `name=value` pairs with '&' between them.
    ///
    /// A pair without '=' has an empty value; empty pairs are skipped.
    ///
    /// - Parameter query: What follows the '?'.
    /// - Throws: A ``Problem`` with status 400 whose `errors` name the parameters that cannot be decoded.
    /// - Complexity: O(n).
    public init(query: some StringProtocol) throws(Problem) {
        var items: [(name: String, value: String)] = []
        var places: [Problem.Place] = []
        for pair in Substring(query).utf8.split(separator: UInt8(ascii: "&")) {
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let rawName = pair[..<mark]
            let rawValue = mark == pair.endIndex ? pair[mark...] : pair[pair.index(after: mark)...]
            do throws(PercentDecodingError) {
                let name = try PercentEncoding.decode(rawName, plusIsSpace: true)
                items.append((name, try PercentEncoding.decode(rawValue, plusIsSpace: true)))
            } catch {
                places.append(Problem.Place(parameter: String(Substring(rawName)), detail: error.description))
            }
        }
        if let first = places.first {
            throw Problem(
                .badRequest, type: "/problems/malformed-query", title: "Malformed query",
                detail: "query parameter \"\(first.parameter ?? "")\": \(first.detail)", errors: places)
        }
        self.items = items
    }

    /// The first value of a parameter, or nil when it is absent.
    public subscript(name: String) -> String? {
        items.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// Every value of a parameter, in order.
    public func values(of name: String) -> [String] {
        items.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }
}
