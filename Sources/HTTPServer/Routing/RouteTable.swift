import HTTPTypes

/// A segment of a template, equal to another when its octets are: a String equals any that is canonically equivalent.
struct RouteLiteral: Sendable, Hashable {
    let text: String

    static func == (left: RouteLiteral, right: RouteLiteral) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// What is registered under one method of a template.
struct Endpoint: Sendable {
    let template: String
    let bodyLimit: @Sendable () -> Int
    let captureNames: [String]
    let handler: @Sendable (Request, PathCaptures) async throws -> Response
}

/// The templates of a router as a tree of segments; nodes refer to one another by index.
struct RouteTable: Sendable {
    private struct Node: Sendable {
        var literals: [RouteLiteral: Int] = [:]
        var capture: Int?
        var endpoints: [(method: HTTPRequest.Method, endpoint: Endpoint)] = []
    }

    /// The endpoints of the template that a path fits, and what it captured.
    struct Match {
        let endpoints: [(method: HTTPRequest.Method, endpoint: Endpoint)]
        let captured: [String]
    }

    private var nodes = [Node()]
    private(set) var methods: [HTTPRequest.Method] = []

    /// Adds an endpoint; one with the same template and method is replaced.
    mutating func insert(
        _ method: HTTPRequest.Method, _ template: String, bodyLimit: @escaping @Sendable () -> Int,
        _ handler: @escaping @Sendable (Request, PathCaptures) async throws -> Response
    ) {
        precondition(template.utf8.first == UInt8(ascii: "/"), "a route's template begins with a slash: \(template)")
        var node = 0
        var names: [String] = []
        for segment in template.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if segment.hasPrefix("{") && segment.hasSuffix("}") {
                let name = String(segment.dropFirst().dropLast())
                precondition(!name.isEmpty && !names.contains(name), "captures need distinct names: \(template)")
                names.append(name)
                node = child(of: node, \.capture)
            } else {
                node = child(of: node, \.literals[RouteLiteral(text: String(segment))])
            }
        }
        let endpoint = Endpoint(
            template: template, bodyLimit: bodyLimit, captureNames: names, handler: handler)
        nodes[node].endpoints.removeAll { $0.method == method }
        nodes[node].endpoints.append((method, endpoint))
        if !methods.contains(method) { methods.append(method) }
    }

    private mutating func child(of node: Int, _ path: WritableKeyPath<Node, Int?>) -> Int {
        if let existing = nodes[node][keyPath: path] { return existing }
        nodes.append(Node())
        nodes[node][keyPath: path] = nodes.count - 1
        return nodes.count - 1
    }

    /// The template that fits a path, literal segments before captures.
    ///
    /// - Complexity: O(s) for s segments, times the number of places where a literal and a capture both fit.
    func match(_ path: RoutePath) -> Match? {
        var captured: [String] = []
        guard let node = descend(from: 0, path.segments[...], &captured) else { return nil }
        return Match(endpoints: nodes[node].endpoints, captured: captured)
    }

    private func descend(from node: Int, _ segments: ArraySlice<String>, _ captured: inout [String]) -> Int? {
        guard let segment = segments.first else { return nodes[node].endpoints.isEmpty ? nil : node }
        let rest = segments.dropFirst()
        if let next = nodes[node].literals[RouteLiteral(text: segment)],
            let found = descend(from: next, rest, &captured)
        {
            return found
        }
        guard let next = nodes[node].capture, !segment.isEmpty else { return nil }
        captured.append(segment)
        if let found = descend(from: next, rest, &captured) { return found }
        captured.removeLast()
        return nil
    }
}
