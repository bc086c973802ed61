public import HTTPTypes

/// What a client prefers, by its `Prefer` fields (RFC 7240); preferences that are not known are ignored.
public struct Preferences: Sendable, Equatable {
    /// How many seconds the client is ready to wait for the answer: `wait=10`.
    public var wait: Int?

    /// Whether the client would rather have a 202 at once: `respond-async`.
    public var respondAsync: Bool

    /// Creates preferences.
    public init(wait: Int? = nil, respondAsync: Bool = false) {
        self.wait = wait
        self.respondAsync = respondAsync
    }

    /// Reads the `Prefer` fields of a request; of a preference given twice the first counts.
    public init(_ fields: HTTPFields) {
        self.init()
        for value in fields[values: .prefer] {
            var scanner = FieldScanner(value)
            while !scanner.isAtEnd {
                read(&scanner)
                scanner.skipElement()
                _ = scanner.skip(",")
            }
        }
    }

    private mutating func read(_ scanner: inout FieldScanner) {
        scanner.skipWhitespace()
        guard let name = scanner.token()?.asciiLowercased else { return }
        scanner.skipWhitespace()
        var word: String?
        if scanner.skip("=") {
            scanner.skipWhitespace()
            word = scanner.word()
        }
        switch name {
        case "respond-async": respondAsync = true
        case "wait" where wait == nil: wait = word.flatMap(Self.seconds)
        default: break
        }
    }

    /// A number of seconds, digits only; one that no `Int` holds is the greatest there is.
    private static func seconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(ByteClass.isDigit) else { return nil }
        return Int(text) ?? .max
    }
}

extension HTTPField.Name {
    /// `Prefer` (RFC 7240).
    public static let prefer = Self.known("Prefer")

    /// `Preference-Applied` (RFC 7240).
    public static let preferenceApplied = Self.known("Preference-Applied")

    /// `X-Request-Id`.
    public static let requestID = Self.known("X-Request-Id")

    /// `Host`; HTTPTypes keeps it out of header fields, where HTTP/1.1 has it.
    static let hostField = Self.known("Host")

    /// `Keep-Alive`, `Proxy-Connection`: fields of the connection that a handler cannot set.
    static let keepAlive = Self.known("Keep-Alive")

    /// A name that is known to be a token.
    private static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is not a field name") }
        return name
    }
}
